"""Which claims stand beside which."""

from report.html.families import families, further, title
from theory import claim, claims


def test_every_claim_is_shown_once() -> None:
    """In a family, as an edition or a variant, or among the further ones."""
    shown = [c for f in families() for c in (*f.editions, *f.variants)] + list(further())
    assert len(shown) == len(claims())
    assert set(shown) == set(claims())


def test_a_family_is_a_statement_with_what_stands_in_its_place() -> None:
    """Lemma 13: as printed, repaired, its repaired (34), sharp; other meetings apart."""
    (lemma_13,) = (f for f in families() if f.published.key == "lemma-13")
    assert [(c.key, c.edition) for c in lemma_13.editions] == [
        ("lemma-13", "published"),
        ("lemma-13", "repaired"),
        ("lemma-13.34", "repaired"),
        ("distance", "sharp"),
    ]
    assert {c.key for c in lemma_13.variants} == {
        "distance.forward-gradient",
        "distance.matching",
        "distance.matching.forward-gradient",
        "distance.graph",
        "distance.graph.forward-gradient",
    }
    for family in families():
        for subject in family.variants:
            other = subject.interaction != "pair" or subject.estimator == "forward-gradient"
            assert other, subject.key


def test_theorems_come_first_and_then_the_papers_order() -> None:
    """Whoever reads from the top reads what the paper is about."""
    keys = [f.published.key for f in families()]
    assert keys[:3] == ["theorem-1.1", "theorem-1.2", "lemma-1.1"]
    assert keys[2:] == [c.key for c in claims("published") if c.key.startswith("lemma")]


def test_names_are_the_papers() -> None:
    """Without remarks; a claim of ours has its key."""
    assert title(claim("lemma-1.1", "published")) == "Lemma 1, first statement"
    assert title(claim("lemma-5.6", "published")) == "Lemma 5, eq. (6)"
    assert title(claim("theorem-1.2", "published")) == "Theorem 1.2"
    assert title(claim("distance", "sharp")) == "distance"
