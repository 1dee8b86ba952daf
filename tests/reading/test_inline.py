import pytest

from casemill.reading.inline import inline
from casemill.reading.markup import parse

BIBR = '<xref ref-type="bibr" rid="b">{}</xref>'


def rendered(markup, **options):
    return " ".join(inline(parse(f"<p>{markup}</p>"), **options).split(" "))


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<italic>KIT</italic>-mutated <bold>clone</bold>s", "KIT-mutated clones"),
        ("3.1 &#215; 10<sup>9</sup>/L", "3.1 × 10⁹/L"),
        ("10<sup>&#8722;3</sup> M", "10⁻³ M"),
        ("375 mg/m<sup>2</sup>", "375 mg/m²"),
        ("CD4<sup>+</sup> cells, Ca<sup>2+</sup>", "CD4⁺ cells, Ca²⁺"),
        ("the 4<sup>th</sup> day", "the 4th day"),
        ("H<sub>2</sub>O, T<sub>max</sub>", "H2O, Tmax"),
        ("fa<sup>fa/+</sup>", "fafa/+"),
        ("first line<break/>second", "first line second"),
        ("before<!-- a note -->after", "beforeafter"),
        ("see <xref ref-type='fig' rid='f'>Fig. 2</xref>", "see Fig. 2"),
        ("seen <graphic href='x'/>here", "seen here"),
        ("<styled-content>a</styled-content><named-content>b</named-content>", "ab"),
        ("<ext-link>example.org</ext-link>.", "example.org."),
    ],
)
def test_inline_markup_dissolves(markup, text):
    assert rendered(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (f"a rare disease.<sup>{BIBR.format(3)}</sup> She", "a rare disease.[3] She"),
        (f"a rare disease,<sup>{BIBR.format(3)}</sup> she", "a rare disease, [3] she"),
        (f"the drug {BIBR.format('<sup>12</sup>')} was", "the drug [12] was"),
        (f"titre 1:80{BIBR.format('<sup>12</sup>')}", "titre 1:80 [12]"),
        (f"a cohort [{BIBR.format(4)}, {BIBR.format(7)}]", "a cohort [4, 7]"),
        (f"a cohort [{BIBR.format(6)}{BIBR.format(7)}]", "a cohort [6,7]"),
        (f"a cohort<sup>[{BIBR.format(6)}{BIBR.format(7)}]</sup>", "a cohort [6,7]"),
        (f"x.<sup>{BIBR.format(1)}</sup><sup>,</sup><sup>{BIBR.format(2)}</sup> y", "x.[1,2] y"),
        (f"x.<sup>{BIBR.format(1)}</sup><sup>–</sup><sup>{BIBR.format(5)}</sup> y", "x.[1–5] y"),
        (f"x<sup>{BIBR.format(1)}, {BIBR.format(2)}</sup>", "x [1,2]"),
        (f"in children ({BIBR.format(8)})", "in children ([8])"),
        (f"as told before ({BIBR.format('Doe et al, 2019')})", "as told before (Doe et al, 2019)"),
        ("was stopped.<sup>14</sup> Then", "was stopped.[14] Then"),
        ("in others<sup>2,5</sup>", "in others [2,5]"),
        ("in 2010<sup>3,4</sup>", "in 2010 [3,4]"),
        ("10<sup>3–5</sup>", "10³⁻⁵"),
        (f"disease{BIBR.format('[9]')}", "disease [9]"),
    ],
)
def test_a_citation_is_bracketed_and_never_joins_a_number(markup, text):
    assert rendered(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("45.2<sup>a</sup>", "45.2 [a]"),
        ('45.2<xref ref-type="table-fn" rid="t"><sup>b</sup></xref>', "45.2 [b]"),
        ("1.1*", "1.1*"),
        ("10<sup>9</sup>/L", "10⁹/L"),
    ],
)
def test_the_mark_of_a_footnote_in_a_cell_is_bracketed(markup, text):
    assert rendered(markup, cell=True) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<mml:math><mml:mfrac><mml:mi>a</mml:mi><mml:mi>b</mml:mi></mml:mfrac></mml:math>", "a/b"),
        ("<math><msup><mi>R</mi><mn>2</mn></msup><mo>=</mo><mn>0.8</mn></math>", "R²=0.8"),
        ("<math><msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup></math>", "x1²"),
        ("<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></math>", "(a+b)/2"),
        ("<math><msqrt><mi>n</mi></msqrt></math>", "√(n)"),
        (
            r"<tex-math>\documentclass{a}\begin{document}$$\alpha \le 3 \times 10^{9}$$\end{document}</tex-math>",
            "α≤3 ×10⁹",
        ),
        ("<alternatives><tex-math>$x$</tex-math><mml:math><mml:mi>y</mml:mi></mml:math></alternatives>", "y"),
        ("<inline-formula><alternatives><graphic/><tex-math>$x$</tex-math></alternatives></inline-formula>", "x"),
    ],
)
def test_formulae_are_text(markup, text):
    assert rendered(markup) == text
