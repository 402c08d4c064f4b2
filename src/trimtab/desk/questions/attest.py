"""What the commands of `trimtab attest` are asked: one record for each."""

from dataclasses import dataclass
from decimal import Decimal

from trimtab.desk.questions.fields import check, needed, option
from trimtab.desk.questions.values import Exact, Names, Switch, Text, Whole
from trimtab.errors import UsageError

__all__ = [
    "CheckTerms", "CommitTerms", "CountersignTerms", "KeyName", "OpenTerms", "ProveTerms", "StateTerms", "VerifyTerms",
]  # fmt: skip


class AnyExact(Exact):
    """A number of either sign, exact to the last digit."""

    __slots__ = ()

    def __init__(self, unit: str, *, example: str) -> None:
        super().__init__(unit, example=example)
        self.expects = "a number"

    def take(self, given: Decimal | float | str) -> Decimal:
        """Refuse what is not finite or no number."""
        below = str(given).strip().startswith("-")
        number = super().take(str(given).strip().removeprefix("-"))
        return -number if below else number


_KEY = Text("KEY", "a file NAME.pem, as trimtab attest key makes it", "manager.pem")
_SIGNER = "a public key: a file NAME.pub.pem, or ed25519:..."
_TO = Text("FILE", "a path", "out.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyName:
    """What a key pair is called.

    Parameters
    ----------
    name
        NAME.pem and NAME.pub.pem are made.
    """

    name: str = needed(Text("NAME", "a name or a path", "manager"), "Makes NAME.pem and NAME.pub.pem.", place=True)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitTerms:
    """What becomes of a commitment.

    Parameters
    ----------
    to
        File that goes out.
    sign
        The manager's private key.
    custodian
        Public key of the custodian who is to sign besides.
    """

    to: str = needed(_TO, "File of the commitment, which goes out.", flags=("--out",))
    sign: str | None = option(_KEY, "Sign as the manager with this key.", otherwise="not signed")
    custodian: str | None = option(
        Text("KEY", _SIGNER, "custodian.pub.pem"), "Name the custodian who is to sign besides.", otherwise="none"
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountersignTerms:
    """Who signs a commitment or a proof besides.

    Parameters
    ----------
    file
        The commitment or the proof; the signature is added to it.
    sign
        Private key.
    role
        In which role.
    book, holdings
        What shows the book, and the signer's own records.
    """

    file: str = needed(Text("FILE", "a path", "commitment.json"), "Commitment or proof to be signed.", place=True)
    sign: str = needed(_KEY, "Private key to sign with.")
    role: str = option(Text("ROLE", "a word", "custodian"), "In which role.", default="custodian")
    book: str | None = option(
        Text("FILE", "a path", "all.json"), "What shows the book: an opening of everything, or prove --show-to's.",
        otherwise="none",
    )  # fmt: skip
    holdings: str | None = option(
        Text("FILE", "a path", "records.csv"), "Your own records (CSV of symbol, quantity), to agree with it.",
        otherwise="none",
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTerms:
    """What of a commitment is opened.

    Parameters
    ----------
    file
        The commitment, with the signatures that were added.
    to
        File of the opening.
    only
        Symbols to be opened.
    all
        Open everything.
    prices_to
        File for the prices of the review, which whoever replays it needs.
    """

    file: str = needed(Text("FILE", "a path", "commitment.json"), "Commitment to be opened.", place=True)
    to: str = needed(_TO, "File of the opening.", flags=("--to", "--out"))
    only: tuple[str, ...] = option(
        Names("SYMBOL,...", "symbols separated by commas", "AAPL,ESH3"), "Open the positions in these alone.",
        default=(),
    )  # fmt: skip
    all: bool = option(Switch(), "Open everything, so that the review can be replayed.", default=False)
    prices_to: str | None = option(
        Text("FILE", "a path", "prices.bin"), "Write the review's prices to this file, for a replay.", otherwise="none"
    )

    def __post_init__(self) -> None:
        check(self)
        if bool(self.only) == self.all:
            raise UsageError(
                expected="either only (--only) or all (--all)", found="both" if self.all else "neither",
                try_next="give for example --only AAPL",
            )  # fmt: skip
        if self.prices_to is not None and not self.all:
            raise UsageError(
                expected="all (--all) together with prices_to (--prices-to): prices serve a replay",
                found="prices_to without it", try_next="leave --prices-to out, or open everything",
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTerms:
    """What is checked.

    Parameters
    ----------
    file
        A commitment, an opening or a statement.
    prices
        Prices of the review, as they came with the opening.
    signer
        Public keys of those whose signature is wanted.
    """

    file: str = needed(Text("FILE", "a path", "opening.json"), "Commitment, opening or statement.", place=True)
    prices: str | None = option(
        Text("FILE", "a path", "prices.bin"), "Prices of the review, from attest open --prices-to.", otherwise="none"
    )
    signer: tuple[str, ...] = option(
        Names("KEY,...", _SIGNER, "custodian.pub.pem"), "Who must have signed: keys you know, with commas.",
        default=(),
    )  # fmt: skip

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateTerms:
    """What is stated, by whom.

    Parameters
    ----------
    file, prices, signer
        The opening, checked as `attest check` does first.
    sign
        The checker's private key.
    to
        File of the statement.
    """

    file: str = needed(Text("FILE", "a path", "opening.json"), "Opening of everything.", place=True)
    prices: str = needed(Text("FILE", "a path", "prices.bin"), "Prices of the review, from attest open --prices-to.")
    sign: str = needed(_KEY, "The checker's private key.")
    to: str = needed(_TO, "File of the statement.", flags=("--to", "--out"))
    signer: tuple[str, ...] = needed(
        Names("KEY,...", _SIGNER, "custodian.pub.pem"), "Who must have signed the book: keys you know, with commas."
    )

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProveTerms:
    """What is proven, of which book.

    Parameters
    ----------
    universe
        File of all names with price and beta: public.
    holdings
        File of symbols and quantities: secret.
    lower, upper
        Ends of the band.
    margin
        Room kept to both ends, for the error of the betas.
    floor
        Least net asset value.
    context
        What the proof is for; it fits nothing else.
    nonce
        A word from the verifier, so that it cannot be an old proof; None draws one.
    unit
        Smallest step of a quantity.
    bits
        Quantities are below 2 to this power, in units.
    shorts
        Whether quantities may be below zero.
    show_to
        File that shows a custodian the book under the proof: secret.
    sign
        Private key.
    to
        File of the proof.
    """

    universe: str = needed(Text("FILE", "a path", "universe.csv"), "All names with price and beta (CSV): public.")
    holdings: str = needed(Text("FILE", "a path", "book.csv"), "Symbols and quantities (CSV): stays secret.")
    lower: Decimal = needed(AnyExact("BETA", example="0.9"), "Least beta to be proven.")
    upper: Decimal = needed(AnyExact("BETA", example="1.1"), "Most beta to be proven.")
    context: str = needed(
        Text("TEXT", "words", "'fund A, 2026-03-31, for B'"), "What the proof is for: fund, day, receiver."
    )
    to: str = needed(_TO, "File of the proof.", flags=("--to", "--out"))
    margin: Decimal = option(Exact("BETA", example="0.05"), "Room to both ends, for errors.", default=Decimal(0))
    floor: Decimal = option(Exact("MONEY", example="1000000"), "Least net asset value.", default=Decimal(1))
    nonce: str | None = option(Text("WORD", "a word", "7f3a"), "Word that the verifier gave you.", otherwise="drawn")
    unit: Decimal = option(Exact("UNITS", example="0.01"), "Smallest step of a quantity.", default=Decimal(1))
    bits: int = option(
        Whole("COUNT", least=1, example="20"), "Quantities lie below 2 to this power, in units.", default=20
    )
    shorts: bool = option(Switch(), "Quantities may be below zero.", default=False)
    show_to: str | None = option(
        Text("FILE", "a path", "shown.json"), "Write what shows a custodian the book under the proof.", otherwise="none"
    )
    sign: str | None = option(_KEY, "Sign as the manager with this key.", otherwise="not signed")

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyTerms:
    """What is verified.

    Parameters
    ----------
    file
        The proof.
    universe
        The names, prices and betas that the verifier holds to be right.
    signer
        Public keys of those whose signature is wanted.
    context, nonce
        What they must be.
    """

    file: str = needed(Text("FILE", "a path", "proof.json"), "Proof.", place=True)
    universe: str | None = option(
        Text("FILE", "a path", "universe.csv"), "Names, prices and betas that you hold to be right.", otherwise="none"
    )
    signer: tuple[str, ...] = option(
        Names("KEY,...", _SIGNER, "custodian.pub.pem"), "Who must have signed: keys you know, with commas.",
        default=(),
    )  # fmt: skip
    context: str | None = option(Text("TEXT", "words", "'fund A'"), "What it must be for.", otherwise="any")
    nonce: str | None = option(Text("WORD", "a word", "7f3a"), "Word that you gave the prover.", otherwise="any")

    def __post_init__(self) -> None:
        check(self)
