"""Sentences in the two languages that planners read: Chinese (the default) and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Wording:
    """One sentence, already filled in, in Chinese and in English.

    >>> Wording(zh="缺 3 户", en="3 households short").to("en")
    '3 households short'
    """

    zh: str
    en: str

    def to(self, language: Language) -> str:
        """The sentence in the language asked for."""
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        return self.zh
