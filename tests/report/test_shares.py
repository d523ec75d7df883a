"""The tightness table is the extremes and the median of its rows."""

from typing import Any

from report.shares import summarise


def row(source: str, share: float, claim: str = "lemma-2") -> dict[str, Any]:
    """A row of tightness with this share."""
    return {"claim": claim, "edition": "published", "source": source, "share": share}


def test_a_claim_has_its_largest_shares_and_the_median_on_real_data() -> None:
    """Three sources, two claims, nothing of one in the other."""
    rows = [
        *(row("certified", share) for share in (0.5, 0.75)),
        *(row("found", share) for share in (0.7, 0.2)),
        *(row(f"real: {data}", share) for data, share in (("a", 0.1), ("a", 0.2), ("b", 0.9))),
        row("real: a", -3.0, claim="lemma-20"),
    ]
    first, second = summarise(rows)
    assert first == {
        "claim": "lemma-2",
        "edition": "published",
        "certified": 0.75,
        "found": 0.7,
        "real": 0.2,
        "settings": 2,
    }
    assert second["certified"] is None
    assert second["found"] is None
