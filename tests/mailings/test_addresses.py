"""Addresses: which lead somewhere, and which are one page in two languages."""

import pytest

from mailings.parity.addresses import is_usable, not_links, without_language


@pytest.mark.parametrize(
    "address",
    [
        "https://hub.brussels", "http://hub.brussels:8080/a?b=c#d", "mailto:info@hub.brussels",
        "mailto:info@hub.brussels?subject=Prime", "https://xn--caf-dma.brussels/", "HTTPS://HUB.BRUSSELS",
    ],
)  # fmt: skip
def test_an_address_to_follow(address: str) -> None:
    assert is_usable(address)


@pytest.mark.parametrize(
    "address",
    [
        "", "/fr/page", "page", "#titre", "//hub.brussels/x", "https://", "https:///x", "https://hub", "https://.../",
        "https://a..b/", "http://[::1", "https://hub.brussels:port/", "mailto:", "mailto:info", "mailto:@hub.brussels",
        "ftp://hub.brussels", "javascript:alert(1)", "tel:+3220000018", "https://hub.brussels/[[name]]",
        "https://hub.brussels/%5B%5Bname%5D%5D", "https://[[spoc]]/", "hub.brussels", "https:hub.brussels",
    ],
)  # fmt: skip
def test_an_address_that_leads_nowhere(address: str) -> None:
    assert not is_usable(address)


@pytest.mark.parametrize(
    ("fr", "nl"),
    [
        ("https://hub.brussels/fr/", "https://hub.brussels/nl/"),
        ("https://hub.brussels/fr", "https://hub.brussels/nl/"),
        ("https://hub.brussels/fr-be/x", "https://hub.brussels/nl-be/x"),
        ("https://fr.hub.brussels/x", "https://nl.hub.brussels/x"),
        ("https://www.hub.brussels/x", "http://hub.brussels/x"),
        ("https://hub.brussels/x?lang=fr&id=4", "https://hub.brussels/x?lang=nl&id=4"),
        ("https://hub.brussels/x?id=4&taal=FR", "https://hub.brussels/x?id=4"),
        ("https://hub.brussels/guide_fr.pdf", "https://hub.brussels/guide_nl.pdf"),
        ("https://hub.brussels/guide-fr", "https://hub.brussels/guide-nl"),
        ("mailto:Info@hub.brussels?subject=Prime", "mailto:info@hub.brussels?subject=Premie"),
    ],
)
def test_one_page_in_two_languages(fr: str, nl: str) -> None:
    assert without_language(fr) == without_language(nl)


@pytest.mark.parametrize(
    ("fr", "nl"),
    [
        ("https://economie-emploi.brussels/", "https://economie-werk.brussels/"),
        ("https://hub.brussels/fr/a", "https://hub.brussels/nl/b"),
        ("https://hub.brussels/?id=4", "https://hub.brussels/?id=5"),
        ("https://hub.brussels/x#a", "https://hub.brussels/x#b"),
        ("https://hub.brussels/france", "https://hub.brussels/nlance"),
        ("https://fr.be/", "https://nl.be/"),
        ("mailto:a@hub.brussels", "mailto:b@hub.brussels"),
        ("http://[::1", "http://[::2"),
    ],
)
def test_two_pages(fr: str, nl: str) -> None:
    assert without_language(fr) != without_language(nl)


def test_what_stayed_text_though_it_was_meant_as_a_link() -> None:
    assert not_links(
        "see [the form](https://a b.example) and [x](javascript:alert(1)) (really) [y](https://c.example"
    ) == [
        "https://a b.example",
        "javascript:alert(1)",
        "https://c.example",
    ]
    assert not_links("a (b) [c] d [[name]] (e)") == []
