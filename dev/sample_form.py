"""The forms of the demo, made here: a travel claim of three pages with every kind of field, and one of any size."""

from __future__ import annotations

from dataclasses import dataclass

from dev.form_writer import BOLD, COMB, MULTILINE, PAGE_HEIGHT, PAGE_WIDTH, Box, Colour, FormWriter, Page

MARGIN, GUTTER = 50.0, 16.0
WIDTH = PAGE_WIDTH - 2 * MARGIN
HALF = (WIDTH - GUTTER) / 2
RIGHT = MARGIN + HALF + GUTTER
ROW = 46.0  # from one row of fields to the next
FIELD_HEIGHT = 20.0
LABEL = 5.0  # the label's baseline over its field

BAND: Colour = (0.10, 0.22, 0.31)
ACCENT: Colour = (0.80, 0.45, 0.20)
PAPER: Colour = (1.0, 1.0, 1.0)
TINT: Colour = (0.965, 0.970, 0.975)
RULE: Colour = (0.70, 0.74, 0.78)
QUIET: Colour = (0.36, 0.40, 0.45)

PAGES = 3
REFERENCE_LENGTH, IBAN_LENGTH = 10, 20
GRADES = [("R", "Research"), ("T", "Teaching"), ("A", "Administration"), ("V", "Visitor")]
MEANS = [("train", "Train"), ("car", "Car"), ("plane", "Plane"), ("bicycle", "Bicycle")]
COSTS = [
    ("tickets", "Tickets and fares"),
    ("lodging", "Lodging"),
    ("meals", "Meals"),
    ("fees", "Conference fees"),
    ("total", "Total claimed"),
]


@dataclass(frozen=True)
class Answer:
    """A line of the sample's instructions, and where it must end up: a key of the wire and its value there."""

    label: str
    says: str
    key: str
    value: str


PURPOSE = (
    "Two days in the map archive, to compare the survey sheets of 1846 with those of 1869, and a talk about the "
    "differences on the third."
)
ADDRESS = "Lange Gasse 12/4, 1080 Wien, Österreich"
ANSWERS = [
    Answer("Full name", "Zoë Łukasz – 東京", "claimant.name", "Zoë Łukasz – 東京"),
    Answer("Claim reference", "TC26004711", "claim_reference", "TC26004711"),
    Answer("Date of claim", "2026-03-14", "claim_date", "2026-03-14"),
    Answer("E-mail address", "zoe@example.org", "claimant.email", "zoe@example.org"),
    Answer("Staff group", "Research", "claimant.group", "R"),
    Answer("Postal address", ADDRESS, "claimant.address", ADDRESS),
    Answer("Purpose of the journey", PURPOSE, "journey.purpose", PURPOSE),
    Answer("Travelled from", "Wien Hbf", "journey.origin", "Wien Hbf"),
    Answer("Travelled to", "Kraków Główny", "journey.destination", "Kraków Główny"),
    Answer("Day of departure", "2026-03-02", "journey.departure", "2026-03-02"),
    Answer("Day of return", "2026-03-05", "journey.return", "2026-03-05"),
    Answer("Means of travel", "Train", "journey.means.train", "true"),
    Answer("Overnight stay", "yes", "journey.overnight", "true"),
    Answer("Filing number", "2026/0417-K", "filing_number", "2026/0417-K"),
    Answer("Tickets and fares", "148.60", "costs.tickets", "148.60"),
    Answer("Lodging", "264.00", "costs.lodging", "264.00"),
    Answer("Total claimed", "412.60", "costs.total", "412.60"),
    Answer("IBAN", "AT611904300234573201", "bank.iban", "AT611904300234573201"),
    Answer("I have not claimed these costs elsewhere", "yes", "declaration.not_elsewhere", "true"),
]


def sample_instructions() -> str:
    """The sample's answers as a person would type them: one `Label: value` a line."""
    return "\n".join(f"{answer.label}: {answer.says}" for answer in ANSWERS)


def expected_values() -> dict[str, str]:
    """What the finished edit must hold: key on the wire -> value there."""
    return {answer.key: answer.value for answer in ANSWERS}


def sample_form() -> bytes:
    """A travel claim: text, comb, multiline, check boxes, radio group, choice, signature and a rotated field."""
    form = FormWriter("Travel claim")
    _claimant(form, _page(form, 1))
    _journey(form, _page(form, 2))
    _costs(form, _page(form, 3))
    return form.to_bytes()


def _page(form: FormWriter, number: int) -> Page:
    page = form.page()
    page.box((0, 0, PAGE_WIDTH, 78), fill=BAND)
    page.box((0, 78, PAGE_WIDTH, 3), fill=ACCENT)
    page.text(MARGIN, 42, "Travel claim", size=22, font=BOLD, colour=PAPER)
    page.text(MARGIN, 60, "Institute of Cartography  ·  Form TC-3", size=9, colour=(0.78, 0.84, 0.89))
    page.text(MARGIN + WIDTH - 104, 60, "Please write within the boxes.", size=8, colour=(0.78, 0.84, 0.89))
    foot = PAGE_HEIGHT - 44
    page.line((MARGIN, foot), (MARGIN + WIDTH, foot), RULE)
    page.text(MARGIN, foot + 14, "Keep your receipts for two years.", size=8, colour=QUIET)
    page.text(MARGIN + WIDTH - 40, foot + 14, f"page {number} of {PAGES}", size=8, colour=QUIET)
    return page


def _heading(page: Page, top: float, number: int, title: str) -> None:
    page.box((MARGIN, top, 18, 18), fill=ACCENT)
    page.text(MARGIN + 6, top + 13, str(number), size=11, font=BOLD, colour=PAPER)
    page.text(MARGIN + 27, top + 13.5, title, size=12.5, font=BOLD, colour=BAND)
    page.line((MARGIN, top + 24), (MARGIN + WIDTH, top + 24), RULE)


def _framed(page: Page, label: str, box: Box) -> Box:
    """Print a field's label and its box; the place inside the box that is left for the widget."""
    left, top, width, height = box
    page.text(left, top - LABEL, label, size=8.5, colour=QUIET)
    page.box(box, fill=TINT, line=RULE)
    return (left + 1, top + 1, width - 2, height - 2)


def _text(form: FormWriter, page: Page, name: str, label: str, box: Box, *, tooltip: str = "", flags: int = 0) -> None:
    form.text(page, name, _framed(page, label, box), tooltip=tooltip, flags=flags)


def _comb(form: FormWriter, page: Page, name: str, label: str, box: Box, cells: int) -> None:
    inside = _framed(page, label, box)
    left, top, width, height = inside
    for cell in range(1, cells):
        x = left + width * cell / cells
        page.line((x, top), (x, top + height), RULE, 0.4)
    form.text(page, name, inside, flags=COMB, max_length=cells)


def _choice(form: FormWriter, page: Page, name: str, label: str, box: Box, options: list[tuple[str, str]]) -> None:
    form.choice(page, name, _framed(page, label, box), options)


def _tick(form: FormWriter, page: Page, name: str, label: str, at: tuple[float, float], tooltip: str = "") -> None:
    box = (at[0], at[1], 12.0, 12.0)
    page.box(box, fill=TINT, line=RULE)
    form.checkbox(page, name, box, tooltip=tooltip)
    page.text(at[0] + 19, at[1] + 9.3, label, size=9.5)


def _claimant(form: FormWriter, page: Page) -> None:
    _heading(page, 110, 1, "Who is claiming")
    top = 164.0
    _text(form, page, "claimant.name", "Full name", (MARGIN, top, WIDTH, FIELD_HEIGHT), tooltip="Full name")
    top += ROW
    _comb(form, page, "claim_reference", "Claim reference", (MARGIN, top, HALF, FIELD_HEIGHT), REFERENCE_LENGTH)
    _text(form, page, "claim_date", "Date of claim", (RIGHT, top, HALF, FIELD_HEIGHT), tooltip="Date of claim")
    top += ROW
    _text(form, page, "claimant.email", "E-mail address", (MARGIN, top, HALF, FIELD_HEIGHT))
    _text(form, page, "claimant.telephone", "Telephone by day", (RIGHT, top, HALF, FIELD_HEIGHT))
    top += ROW
    _choice(form, page, "claimant.group", "Staff group", (MARGIN, top, HALF, FIELD_HEIGHT), GRADES)
    _text(form, page, "claimant.room", "Room", (RIGHT, top, HALF, FIELD_HEIGHT))
    top += ROW
    address = (MARGIN, top, WIDTH, 62.0)
    _text(form, page, "claimant.address", "Postal address", address, tooltip="Postal address", flags=MULTILINE)
    _heading(page, 460, 2, "How claims are paid")
    notes = [
        "Claims are paid within thirty days of their arrival. One claim covers one journey.",
        "Distances by car are paid by the shortest road; a second traveller in the same car claims nothing.",
        "Meals that the conference fee covers cannot be claimed again.",
    ]
    for line, note in enumerate(notes):
        page.box((MARGIN, 507.5 + 20 * line, 4, 4), fill=ACCENT)
        page.text(MARGIN + 14, 513 + 20 * line, note, size=9.5)
    _tick(form, page, "claimant.first_claim", "This is my first claim", (MARGIN, 590))


def _journey(form: FormWriter, page: Page) -> None:
    _heading(page, 110, 3, "The journey")
    narrow = WIDTH - 46  # the filing number runs up the right-hand edge
    half = (narrow - GUTTER) / 2
    right = MARGIN + half + GUTTER
    top = 164.0
    purpose = (MARGIN, top, narrow, 58.0)
    _text(form, page, "journey.purpose", "Purpose of the journey", purpose, flags=MULTILINE)
    top += 84
    _text(form, page, "journey.origin", "Travelled from", (MARGIN, top, half, FIELD_HEIGHT))
    _text(form, page, "journey.destination", "Travelled to", (right, top, half, FIELD_HEIGHT))
    top += ROW
    departure, back = (MARGIN, top, half, FIELD_HEIGHT), (right, top, half, FIELD_HEIGHT)
    _text(form, page, "journey.departure", "Day of departure", departure, tooltip="Day of departure")
    _text(form, page, "journey.return", "Day of return", back, tooltip="Day of return")
    _means(form, page, top + ROW)
    _tick(form, page, "journey.overnight", "Overnight stay", (MARGIN, top + 118), "Overnight stay")
    _tick(form, page, "journey.advance", "An advance was paid", (MARGIN + 150, top + 118))
    remarks = (MARGIN, top + 168, narrow, 90.0)
    _text(form, page, "journey.remarks", "Anything else we should know", remarks, flags=MULTILINE)
    upright = (MARGIN + WIDTH - 22, 164.0, 22.0, 200.0)
    page.box(upright, fill=TINT, line=RULE)
    page.text(upright[0] - 4, 158, "Filing no.", size=7, colour=QUIET)
    inside = (upright[0] + 1, upright[1] + 1, upright[2] - 2, upright[3] - 2)
    form.text(page, "filing_number", inside, tooltip="Filing number", rotation=90)


def _means(form: FormWriter, page: Page, top: float) -> None:
    page.text(MARGIN, top, "Means of travel", size=8.5, colour=QUIET)
    buttons: list[tuple[str, Box]] = []
    for place, (state, label) in enumerate(MEANS):
        x = MARGIN + 105 * place
        page.circle(x + 6, top + 18, 6, RULE, TINT)
        page.text(x + 19, top + 21.3, label, size=9.5)
        buttons.append((state, (x, top + 12, 12.0, 12.0)))
    form.radio(page, "journey.means", buttons, tooltip="Means of travel")


def _costs(form: FormWriter, page: Page) -> None:
    _heading(page, 110, 4, "Costs in euros")
    for place, (name, label) in enumerate(COSTS):
        top = 148.0 + 30 * place
        last = name == "total"
        page.text(MARGIN + 8, top + 14, label, size=9.5, font=BOLD if last else "Helv")
        box = (MARGIN + WIDTH - 130, top, 130.0, FIELD_HEIGHT)
        page.box(box, fill=TINT, line=ACCENT if last else RULE)
        form.text(
            page, f"costs.{name}", (box[0] + 1, top + 1, box[2] - 2, FIELD_HEIGHT - 2), tooltip=label, flush_right=True
        )
        page.line((MARGIN, top + 25), (MARGIN + WIDTH, top + 25), (0.88, 0.90, 0.92))
    _heading(page, 330, 5, "Where to pay")
    _text(form, page, "bank.holder", "Account holder", (MARGIN, 384, WIDTH, FIELD_HEIGHT))
    _comb(form, page, "bank.iban", "IBAN", (MARGIN, 430, WIDTH, FIELD_HEIGHT), IBAN_LENGTH)
    _heading(page, 490, 6, "Declaration")
    mine = "I have not claimed these costs elsewhere"
    _tick(form, page, "declaration.not_elsewhere", mine, (MARGIN, 530), mine)
    _text(form, page, "declaration.place", "Place", (MARGIN, 580, HALF, FIELD_HEIGHT))
    form.signature(page, "declaration.signature", _framed(page, "Signature", (RIGHT, 580, HALF, 40)))


BIG_COLUMNS, BIG_ROWS = 4, 24
BIG_VALUES = 3_000


def big_form(fields: int) -> bytes:
    """So many text fields, `row_00001` and on, that an edit of it is long enough in flight to be cancelled."""
    form = FormWriter("Stock list")
    column, row = WIDTH / BIG_COLUMNS, 30.0
    page = form.page()
    for index in range(fields):
        place = index % (BIG_COLUMNS * BIG_ROWS)
        if index and place == 0:
            page = form.page()
        name = f"row_{index + 1:05d}"
        across, down = place % BIG_COLUMNS, place // BIG_COLUMNS
        box = (MARGIN + column * across, 60 + row * down, column - 10, 16.0)
        _text(form, page, name, name, box, tooltip=name)
    return form.to_bytes()


def big_instructions(fields: int) -> str:
    """Values for the first of them: instructions have a limit of their own, below that of fields."""
    # In Japanese, each another: letters that have to be shaped take longer to fill in than Latin ones.
    return "\n".join(f"row_{index + 1:05d}: 部品 {index + 1}" for index in range(min(fields, BIG_VALUES)))
