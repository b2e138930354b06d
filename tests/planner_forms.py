"""Forms as people meet them: fields without tooltips and with names that say nothing, so that the page must be read."""

from __future__ import annotations

from collections.abc import Sequence

from dev.form_writer import FormWriter, Page

COMB = 1 << 24
LEFT, WIDTH, STEP = 40.0, 520.0, 30.0
STATES = [(code, code) for code in ("AZ", "CA", "NY", "OH", "TX", "WA")]


class _Writer:
    """A form from top to bottom; `at` is the height of the next line."""

    def __init__(self, title: str) -> None:
        self.form = FormWriter(title)
        self.page: Page = self.form.page()
        self.at = 40.0
        self.page.text(LEFT, self.at, title, size=15)
        self.at += 30

    def heading(self, text: str) -> None:
        self.at += 6
        self.page.text(LEFT, self.at, text, size=13)
        self.at += 22

    def beside(self, label: str, key: str, *, width: float = 300.0, max_length: int = 0) -> None:
        """A line with its label left of the box."""
        self.page.text(LEFT, self.at, label)
        flags = COMB if max_length else 0
        box = (LEFT + 150, self.at - 11, width, 16)
        if max_length:
            self.form.text(self.page, key, box, flags=flags, max_length=max_length)
        else:
            self.form.text(self.page, key, box)
        self.at += STEP

    def row(self, *cells: tuple[str, str], below: bool = False) -> None:
        """Boxes side by side, with their labels above them, or below."""
        width = WIDTH / len(cells)
        box_top = self.at - 10 if below else self.at + 4
        label_at = self.at + 15 if below else self.at
        for place, (label, key) in enumerate(cells):
            self.page.text(LEFT + place * width, label_at, label, size=8)
            self.form.text(self.page, key, (LEFT + place * width, box_top, width - 8, 16))
        self.at += 36

    def combs(self, label: str, *boxes: tuple[str, int]) -> None:
        """Boxes of some letters each, side by side behind one label."""
        self.page.text(LEFT, self.at, label)
        left = LEFT + 150
        for key, length in boxes:
            self.form.text(self.page, key, (left, self.at - 11, 12.0 * length, 16), flags=COMB, max_length=length)
            left += 12.0 * length + 8
        self.at += STEP

    def ticks(self, question: str, *answers: tuple[str, str]) -> None:
        """A question, and boxes with their answers behind them in one line."""
        self.page.text(LEFT, self.at, question)
        width = 370 / len(answers)
        for place, (answer, key) in enumerate(answers):
            left = LEFT + 150 + place * width
            self.form.checkbox(self.page, key, (left, self.at - 9, 10, 10))
            self.page.text(left + 14, self.at, answer, size=9)
        self.at += STEP

    def radios(self, question: str, key: str, *answers: str) -> None:
        self.page.text(LEFT, self.at, question)
        width = 370 / len(answers)
        boxes = [(str(place), (LEFT + 150 + place * width, self.at - 9, 10.0, 10.0)) for place in range(len(answers))]
        self.form.radio(self.page, key, boxes)
        for place, answer in enumerate(answers):
            self.page.text(LEFT + 164 + place * width, self.at, answer, size=9)
        self.at += STEP

    def choice(self, label: str, key: str, options: Sequence[tuple[str, str]]) -> None:
        self.page.text(LEFT, self.at, label)
        self.form.choice(self.page, key, (LEFT + 150, self.at - 11, 200, 16), options)
        self.at += STEP

    def table(self, heads: Sequence[str], keys: Sequence[Sequence[str]]) -> None:
        width = WIDTH / len(heads)
        for place, head in enumerate(heads):
            self.page.text(LEFT + place * width + 2, self.at, head, size=8)
        self.at += 4
        for row in keys:
            for place, key in enumerate(row):
                self.form.text(self.page, key, (LEFT + place * width, self.at, width - 2, 15))
            self.at += 17
        self.at += 16

    def done(self) -> bytes:
        return self.form.to_bytes()


def membership() -> bytes:
    """Two persons and an emergency contact, labels left of their boxes."""
    form = _Writer("Club Membership Application")
    form.heading("Section A: Member")
    form.row(("First name", "t1"), ("Middle name", "t2"), ("Last name", "t3"))
    form.beside("Date of birth (mm/dd/yyyy)", "t4", width=120)
    form.ticks("Marital status", ("Single", "c1"), ("Married", "c2"), ("Divorced", "c3"), ("Widowed", "c4"))
    form.beside("Street address", "t5")
    form.beside("City", "t6")
    form.choice("State", "t7", STATES)
    form.beside("ZIP code", "t8", width=90)
    form.beside("Home phone", "t9", width=140)
    form.beside("Mobile phone", "t10", width=140)
    form.beside("E-mail", "t11")
    form.heading("Section B: Spouse")
    form.row(("First name", "t12"), ("Last name", "t13"))
    form.beside("Date of birth (mm/dd/yyyy)", "t14", width=120)
    form.heading("Section C: Emergency contact")
    form.beside("Full name", "t15")
    form.beside("Relationship", "t16", width=160)
    form.beside("Telephone", "t17", width=140)
    form.radios("Receive the newsletter?", "r1", "Yes", "No")
    return form.done()


def antrag() -> bytes:
    """German, labels above their boxes."""
    form = _Writer("Antrag auf Mitgliedschaft")
    form.row(("Name", "f1"), ("Vorname", "f2"))
    form.row(("Geburtsdatum (TT.MM.JJJJ)", "f3"), ("Geburtsort", "f4"), ("Staatsangehörigkeit", "f5"))
    form.row(("Straße", "f6"), ("Hausnummer", "f7"))
    form.row(("PLZ", "f8"), ("Ort", "f9"))
    form.row(("Telefon", "f10"), ("E-Mail-Adresse", "f11"))
    form.row(("IBAN", "f12"), ("Kontoinhaber", "f13"))
    form.ticks("Familienstand", ("ledig", "k1"), ("verheiratet", "k2"), ("geschieden", "k3"))
    form.ticks("Zahlungsweise", ("monatlich", "k4"), ("jährlich", "k5"))
    return form.done()


def demande() -> bytes:
    """French, labels below their boxes."""
    form = _Writer("Demande d'inscription")
    form.row(("Nom", "z1"), ("Prénom", "z2"), below=True)
    form.row(("Date de naissance (JJ/MM/AAAA)", "z3"), ("Lieu de naissance", "z4"), below=True)
    form.row(("Adresse", "z5"), ("Code postal", "z6"), ("Ville", "z7"), below=True)
    form.row(("Téléphone", "z8"), ("Courriel", "z9"), ("Profession", "z10"), below=True)
    form.ticks("Situation de famille", ("célibataire", "q1"), ("marié(e)", "q2"), ("veuf(ve)", "q3"))
    form.beside("Inscription du", "z11", width=90)
    form.beside("au", "z12", width=90)
    return form.done()


def solicitud() -> bytes:
    form = _Writer("Solicitud de beca")
    form.beside("Apellidos", "s1")
    form.beside("Nombre", "s2")
    form.beside("Fecha de nacimiento (DD/MM/AAAA)", "s3", width=100)
    form.beside("Nacionalidad", "s4")
    form.beside("Domicilio", "s5")
    form.beside("Código postal", "s6", width=80)
    form.beside("Localidad", "s7")
    form.beside("Teléfono móvil", "s8")
    form.beside("Correo electrónico", "s9")
    form.ticks("Sexo", ("Hombre", "x1"), ("Mujer", "x2"))
    return form.done()


def invoice() -> bytes:
    """Two parties, a table, and totals."""
    form = _Writer("Invoice")
    form.heading("Seller")
    form.beside("Company name", "i1")
    form.beside("Address", "i2")
    form.beside("VAT number", "i3", width=150)
    form.heading("Buyer")
    form.beside("Company name", "i4")
    form.beside("Address", "i5")
    form.beside("VAT number", "i6", width=150)
    form.row(("Invoice number", "i7"), ("Invoice date (yyyy-mm-dd)", "i8"), ("Due date (yyyy-mm-dd)", "i9"))
    rows = [[f"d{row}", f"q{row}", f"p{row}", f"a{row}"] for row in range(1, 5)]
    form.table(["Description", "Quantity", "Unit price", "Amount"], rows)
    form.beside("Total", "i10", width=100)
    return form.done()


def passport() -> bytes:
    """Combs and split boxes."""
    form = _Writer("Travel card")
    form.beside("Surname", "b1")
    form.beside("Given names", "b2")
    form.combs("Date of birth (MM DD YYYY)", ("b3m", 2), ("b3d", 2), ("b3y", 4))
    form.combs("Social security number", ("b4a", 3), ("b4b", 2), ("b4c", 4))
    form.combs("Phone", ("b5a", 3), ("b5b", 3), ("b5c", 4))
    form.beside("Passport number", "b6", max_length=9)
    form.beside("Issue date (YYYYMMDD)", "b7", max_length=8)
    form.beside("Height (cm)", "b8", width=60)
    form.ticks("Sex", ("M", "b9"), ("F", "b10"), ("X", "b11"))
    form.ticks("Have you ever been refused a visa?", ("Yes", "b12"), ("No", "b13"))
    form.beside("City, state and ZIP code", "b14")
    form.beside("Employer", "b15")
    form.beside("Occupation", "b16")
    return form.done()


def household() -> bytes:
    """A table of persons, and a question with several answers."""
    form = _Writer("Household benefits")
    form.beside("Name of applicant", "h1")
    form.beside("Case number", "h2", width=120)
    form.beside("Monthly rent", "h3", width=100)
    form.heading("Children")
    form.table(["Name", "Date of birth", "School"], [[f"n{row}", f"d{row}", f"s{row}"] for row in range(1, 5)])
    form.ticks("Income from", ("Wages", "w1"), ("Pension", "w2"), ("Rent", "w3"), ("None", "w4"))
    form.ticks("Housing", ("Owner", "w5"), ("Tenant", "w6"))
    form.beside("Landlord's name", "h4")
    form.beside("Landlord's phone", "h5", width=140)
    form.beside("Employer's name", "h6")
    form.beside("Remarks", "h7")
    return form.done()
