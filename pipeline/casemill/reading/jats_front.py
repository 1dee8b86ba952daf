"""What identifies a JATS article, and its abstract: the front matter."""

import re
from collections.abc import Iterator

from casemill.reading.inline import inline
from casemill.reading.markup import Element, bare_text

__all__ = ["abstracts", "front_of", "identify", "title_of"]

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
# A footnote's mark at the end of a title.
_MARK = re.compile(r"\s*\[[^\]]{1,3}\]$")
# Dates that are not the article's publication.
_OTHER_DATES = frozenset({"pmc-release", "nihms-submitted", "received", "accepted", "retracted", "corrected"})
_NO_AUTHORS = frozenset({"editor", "reviewer", "translator", "guest-editor", "series-editor"})
# Abstracts that are an advertisement or a picture of the article.
_NO_ABSTRACTS = frozenset({"graphical", "teaser", "toc", "video", "web-summary", "precis"})


def front_of(article: Element) -> Element:
    """The element that holds title, authors and abstracts; ``article`` itself if there is none."""
    for path in ("front/article-meta", "front-stub", "front"):
        if (found := article.find(path)) is not None:
            return found
    return article


def identify(article: Element) -> dict[str, str]:
    """Metadata of :class:`casemill.reports.Report` that the front matter tells; what it doesn't tell is left out."""
    front = front_of(article)
    ids = {found.get("pub-id-type", ""): bare_text(found).strip() for found in front.findall("article-id")}
    pmc = ids.get("pmc") or ids.get("pmcid") or ""
    found = {
        "pmid": ids.get("pmid", ""),
        "pmcid": f"PMC{pmc}" if pmc.isdigit() else pmc,
        "doi": ids.get("doi", ""),
        "title": title_of(front),
        "journal": _journal(article),
        "year": _year(front),
        "authors": "; ".join(filter(None, map(_author, _authors(front)))),
    }
    return {key: value for key, value in found.items() if value}


def title_of(front: Element) -> str:
    """The article's title with its subtitle, on one line."""
    names = ("title-group/article-title", "title-group/subtitle", "article-title")
    titles = [_MARK.sub("", _flat(found)) for name in names if (found := front.find(name)) is not None]
    first, *others = [title for title in titles if title] or [""]
    return first + "".join(f" {title}" if first.endswith((":", "?", "!", ".")) else f": {title}" for title in others)


def abstracts(article: Element) -> Iterator[Element]:
    """The abstracts to read: the author's own, in English if there is one; else what comes nearest."""
    front = front_of(article)
    found = front.findall("abstract")
    own = [a for a in found if not a.get("abstract-type")]
    own = own or [a for a in found if a.get("abstract-type") not in _NO_ABSTRACTS][:1]
    languages = {(a.get(_LANGUAGE) or article.get(_LANGUAGE) or "en")[:2].lower() for a in own}
    if "en" in languages or not languages:
        yield from (a for a in own if (a.get(_LANGUAGE) or "en").lower().startswith("en") or len(languages) == 1)
        return
    english = [a for a in front.findall("trans-abstract") if (a.get(_LANGUAGE) or "").lower().startswith("en")]
    yield from english or own


def _flat(element: Element) -> str:
    return " ".join(inline(element).split())


def _journal(article: Element) -> str:
    for path in ("journal-title-group/journal-title", "journal-title", "journal-title-group/abbrev-journal-title"):
        if (found := article.find(f"front/journal-meta/{path}")) is not None and (name := _flat(found)):
            return name
    ids = article.findall("front/journal-meta/journal-id")
    return next((_flat(found) for found in ids if found.get("journal-id-type") in {"nlm-ta", "iso-abbrev"}), "")


def _year(front: Element) -> str:
    """The first year of publication, in print or online."""
    dates = [d for d in front.findall("pub-date") if (d.get("pub-type") or d.get("date-type")) not in _OTHER_DATES]
    years = [found[0] for d in dates if (found := _YEAR.search(d.findtext("year") or d.findtext("string-date") or ""))]
    return min(years, default="")


def _authors(front: Element) -> list[Element]:
    return [c for c in front.findall("contrib-group/contrib") if c.get("contrib-type") not in _NO_AUTHORS]


def _author(contrib: Element) -> str:
    for path in ("name", "name-alternatives/name", "string-name"):
        if (name := contrib.find(path)) is not None:
            names = [_flat(part) for part in map(name.find, ("surname", "given-names")) if part is not None]
            return ", ".join(filter(None, names)) or _flat(name)
    for path in ("collab", "collab-alternatives/collab"):
        if (group := contrib.find(path)) is not None:
            return " ".join((group.findtext("institution") or group.text or "").split())
    return ""
