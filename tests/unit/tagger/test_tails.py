"""Notices in another language under an article, in twenty languages of our own writing."""

import pytest

BODY = [
    "The city council voted on Tuesday to close the old bridge while engineers inspect its supports.",
    "Officials said the inspection would take about six weeks and cost less than a full replacement.",
    "Residents on the eastern bank will have to use the new crossing two kilometres upstream.",
    "Bus services are being rerouted, and the operator expects delays of up to twenty minutes.",
    "A final report on the state of the structure is due before the end of the year.",
]
NOTICES = {
    "bg": "Този сайт използва бисквитки, за да подобри работата си. Приемам всички.",
    "cs": "Tento web používá soubory cookie ke zlepšení služeb. Přijmout vše.",
    "da": "Vi bruger cookies til at forbedre din oplevelse. Læs mere om vores brug af cookies her.",
    "de": "Wir verwenden Cookies, um Inhalte zu personalisieren und Zugriffe zu analysieren.",
    "el": "Χρησιμοποιούμε cookies για να βελτιώσουμε την εμπειρία σας.",
    "es": "Utilizamos cookies propias y de terceros para mejorar nuestros servicios.",
    "fa": "ما از کوکی‌ها برای بهبود تجربه شما استفاده می‌کنیم.",
    "fi": "Käytämme evästeitä parantaaksemme palvelun käyttökokemusta.",
    "fr": "Nous utilisons des cookies afin d'améliorer votre expérience sur notre site.",
    "hi": "हम आपके अनुभव को बेहतर बनाने के लिए कुकीज़ का उपयोग करते हैं।",
    "hu": "Weboldalunk sütiket használ a jobb felhasználói élmény érdekében.",
    "it": "Questo sito utilizza i cookie per offrirti una migliore esperienza di navigazione.",
    "ja": "当サイトでは利便性向上のためクッキーを使用しています。",
    "ko": "이 사이트는 더 나은 서비스를 제공하기 위해 쿠키를 사용합니다.",
    "nl": "Wij gebruiken cookies om onze website goed te laten werken.",
    "pl": "Nasza strona korzysta z plików cookie w celu świadczenia usług.",
    "pt": "Este site utiliza cookies para melhorar a sua experiência de navegação.",
    "ru": "Мы используем файлы cookie, чтобы сделать сайт удобнее для вас.",
    "sv": "Vi använder kakor för att ge dig en bättre upplevelse av vår webbplats.",
    "tr": "Bu sitede deneyiminizi geliştirmek amacıyla çerezler kullanılmaktadır.",
    "zh-Hans": "本网站使用小型文本文件来改善您的浏览体验。",
}


@pytest.mark.parametrize("lang", NOTICES)
@pytest.mark.parametrize("lines", [3, 5])
def test_a_notice_under_the_article_is_foreign(tagged, lang, lines):
    article = tagged("\n\n".join([*BODY[:lines], NOTICES[lang]]))
    assert (article.lang, article.lang_status) == ("en", "ok")
    (own, notice) = article.segments
    assert (own.lang, own.foreign) == ("en", False)
    assert (notice.lang, notice.foreign) == (lang, True)
    assert article.text[notice.start : notice.end] == NOTICES[lang]


@pytest.mark.parametrize("lang", ["de", "fr", "pl", "ru"])
def test_an_english_notice_under_an_article_in_another_language_is_foreign(tagged, lang):
    own = {
        "de": "Der Stadtrat beschloss am Dienstag, die alte Brücke zu sperren, solange Fachleute ihre Pfeiler prüfen.",
        "fr": "Le conseil municipal a décidé mardi de fermer le vieux pont pendant l'inspection de ses piliers.",
        "pl": "Rada miasta zdecydowała we wtorek o zamknięciu starego mostu na czas kontroli jego filarów.",
        "ru": "Городской совет во вторник решил закрыть старый мост на время проверки опор.",
    }[lang]
    article = tagged("\n\n".join([own] * 4 + ["We use cookies to give you the best experience on our website."]))
    assert [(s.lang, s.foreign) for s in article.segments] == [(lang, False), ("en", True)]


def test_a_notice_longer_than_a_short_report_does_not_take_it_over(tagged):
    notice = " ".join([NOTICES["tr"]] * 3)
    article = tagged("\n\n".join([BODY[0], notice]), title="Council closes the old bridge for six weeks")
    assert article.lang == "en"
    assert [s.lang for s in article.segments] == ["en", "tr"]


def test_a_notice_before_the_article_is_foreign(tagged):
    article = tagged("\n\n".join([NOTICES["de"], *BODY]), title="Council closes the old bridge")
    assert article.lang == "en"
    assert [(s.lang, s.foreign) for s in article.segments] == [("de", True), ("en", False)]
