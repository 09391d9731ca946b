"""A small tree in IEMOCAP's layout, written by hand so that tests know what it holds."""

import wave
from pathlib import Path

import numpy as np

RELEASE = "IEMOCAP_full_release"
HEADER = "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n"

IMPRO01 = (
    HEADER
    + """[6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5000, 2.5000, 2.5000]
C-E2:\tNeutral;\t()
C-E3:\tNeutral;\t()
C-E4:\tNeutral;\t()
C-F1:\tNeutral; Anger;\t(curious)
A-E3:\tval 3; act 2; dom  2;\t()
A-E4:\tval 2; act 3; dom  3;\t(mildly aggravated but staying polite, attitude)
A-F1:\tval 3; act 2; dom  1;\t()

[10.0100 - 11.3925]\tSes01F_impro01_F001\txxx\t[2.5000, 3.0000, 3.5000]
C-E2:\tNeutral;\t()
C-E3:\tAnger; Frustration;\t(sighs; rolls her eyes)
C-E4:\tSurprise;\t()
A-E3:\tval 3; act 2; dom  2;\t()

[7.5712 - 10.4750]\tSes01F_impro01_M000\tang\t[2.0000, 4.0000, 4.5000]
C-E2:\tAnger; Frustration;\t()
C-E3:\tAnger;\t()
C-E4:\tFrustration;\t()
C-M1:\tSadness;\t()

[14.8872 - 18.0175]\tSes01F_impro01_F002\tfru\t[2.0000, 3.5000, 3.0000]
C-E1:\tFrustration;\t()
C-E2:\tFrustration;\t()
C-E4:\tAnger;\t()

"""
)
SAID01 = """Ses01F_impro01_F000 [006.2901-008.2357]: Excuse me.
Ses01F_impro01_M000 [007.5712-010.4750]: Do you have your forms?
M: yeah
Ses01F_impro01_F001 [010.0100-011.3925]: Yeah.
"""

SCRIPT = (
    HEADER
    + """[3.2000 - 5.0000]\tSes01M_script01_1_F000\texc\t[4.5000, 4.0000, 3.0000]
C-E2:\tExcited;\t()
C-E3:\tExcited; Happiness;\t()
C-E4:\tHappiness;\t()
C-E5:\tNeutral state;\t()

[5.5000 - 7.0000]\tSes01M_script01_1_MX01\thap\t[4.0000, 3.0000, 3.0000]
C-E2:\tHappiness;\t()
C-E6:\thappiness; \t( )

"""
)
SAID_SCRIPT = "Ses01M_script01_1_F000 [003.2000-005.0000]: It\x92s caf\xe9 time\x85 at last.\n"

TAKE_A = """[1.0 - 2.0]\tSes03M_impro05a_F000\tsad\t[1.5, 2.0, 2.5]
C-E1:\tSadness;\t()
"""
TAKE_B = """[1.0 - 2.0]\tSes03M_impro05b_M000\tneu\t[3.0, 2.0, 2.5]
C-E1:\tNeutral;\t()

[2.5 - 4.0]\tSes03M_impro05b_F000\tdis\t[1.0, 3.0, 3.5]
C-E1:\tDisgust;\t()
C-E2:\tOther;\t(bored)
"""

DIALOGUES = {
    "Ses01F_impro01": (IMPRO01, SAID01),
    "Ses01M_script01_1": (SCRIPT, SAID_SCRIPT),
    "Ses03M_impro05a": (TAKE_A, ""),
    "Ses03M_impro05b": (TAKE_B, None),
}
UTTERANCES = (
    "Ses01F_impro01_F000", "Ses01F_impro01_M000", "Ses01F_impro01_F001", "Ses01F_impro01_F002",
    "Ses01M_script01_1_F000", "Ses01M_script01_1_MX01",
    "Ses03M_impro05a_F000", "Ses03M_impro05b_M000", "Ses03M_impro05b_F000",
)  # fmt: skip


def write_wav(path: Path, seconds: float = 0.2, rate: int = 16_000, seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = np.random.default_rng(seed).integers(-3000, 3000, round(seconds * rate), dtype=np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def session(root: Path, name: str) -> Path:
    """Return the folder of the session that a dialogue or an utterance is part of."""
    return root / f"Session{int(name[3:5])}"


def evaluation(root: Path, dialogue: str) -> Path:
    return session(root, dialogue) / "dialog" / "EmoEvaluation" / f"{dialogue}.txt"


def wav(root: Path, utterance: str) -> Path:
    return session(root, utterance) / "sentences" / "wav" / utterance.rpartition("_")[0] / f"{utterance}.wav"


def write_text(path: Path, text: str, encoding: str = "latin-1") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def write_dialogue(root: Path, dialogue: str, labels: str, said: str | None = None) -> None:
    """Write labels and transcripts as they are given."""
    write_text(evaluation(root, dialogue), labels)
    if said is not None:
        write_text(session(root, dialogue) / "dialog" / "transcriptions" / f"{dialogue}.txt", said)


def write_iemocap(folder: Path) -> Path:
    """Write the release's folder below a folder, with what lies about in the real one, and return it."""
    root = folder / RELEASE
    for dialogue, (labels, said) in DIALOGUES.items():
        write_dialogue(root, dialogue, labels, said)
    for number, utterance in enumerate(UTTERANCES):
        write_wav(wav(root, utterance), 0.2 + 0.01 * number, seed=number)
    about = evaluation(root, "Ses01F_impro01").parent
    write_text(about / "._Ses01F_impro01.txt", "\x00\x05\x16\x07Mac OS X")
    write_text(about / "Categorical" / "Ses01F_impro01_e2_cat.txt", "Ses01F_impro01_F000 :Neutral state; ()\n")
    write_text(about / "Self-evaluation" / "Ses01F_impro01_f1.txt", "Ses01F_impro01_F000 :Anger; ()\n")
    write_text(wav(root, "Ses01F_impro01_F000").with_name("._Ses01F_impro01_F000.wav"), "\x00\x05\x16\x07Mac OS X")
    return root
