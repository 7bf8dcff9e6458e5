// What people say when they read out a number, in English and Chinese, as the number itself.

import table from "../../src/milepost/pages/spoken.json";

// Shared with the server, which reads words where there is no script (pages/spoken.py).
const WORDS: Record<string, string> = table.words;
const TENS: Record<string, string> = table.tens;
const TIMES: Record<string, number> = table.times;
const HAN: Record<string, string> = table.han;
const HAN_TIMES: Record<string, number> = table.han_times;
// Chinese carriers' names lead to their letters.
const HAN_LETTERS: Record<string, string> = table.han_letters;
const FILLERS = new Set(table.fillers);
const LETTERS = new Set(table.letters);
const CORRECTIONS = new Set(table.corrections);
const BREAK = "";
const TAKEN_BACK = "<";
const DIGITS = "一二三四五六七八九";
const OF_TEN = new RegExp(`([${DIGITS}]?)十([${DIGITS}]?)`, "g");
const OF_HUNDREDS = new RegExp(
  `(?=[${DIGITS}两兩][千百])(?:([${DIGITS}两兩])千)?(?:零?([${DIGITS}两兩])百)?(?:零?([${DIGITS}]?)十([${DIGITS}]?)|零([${DIGITS}]))?`,
  "g",
);
const TIMES_HAN = new RegExp(`([${Object.keys(table.han_times).join("")}])[个個]?([${Object.keys(table.han).join("")}])`, "g");

const wordsFor = (signs: RegExp, least: number): string =>
  Object.entries(WORDS)
    .filter(([word, sign]) => signs.test(sign) && word.length > least)
    .map(([word]) => word)
    .join("|");
const UNITS = wordsFor(/^[1-9]$/, 2);
const BELOW = `${wordsFor(/^1[0-9]$/, 0)}|${Object.keys(TENS).join("|")}`;
const HUNDRED_AND = new RegExp(`hundred (?=and|${BELOW})(?:and )?(${UNITS}|${BELOW})\\b(?: (${UNITS})\\b)?`, "g");
const SPELT = /\b([a-z]) (?:as in|for|like) \1[a-z]+/g;

/** The number in a spoken sentence; empty where nothing like one (6 signs, 4 digits) is heard. */
export function spoken(sentence: string): string {
  const runs = heard(sentence);
  const best = runs.reduce((one, other) => (other.length > one.length ? other : one), "");
  const digits = best.replace(/\D/g, "").length;
  return best.length >= 6 && digits >= 4 ? best : "";
}

/** The stretches of signs; a word that is none parts them, a correction takes back. */
function heard(sentence: string): string[] {
  const runs: string[][] = [[]];
  const pieces = piecesOf(tokens(sentence));
  pieces.forEach((piece, at) => {
    const run = runs[runs.length - 1] ?? [];
    if (piece === BREAK) runs.push([]);
    else if (piece === TAKEN_BACK) run.splice(kept(run, stretch(pieces.slice(at + 1))));
    else run.push(piece);
  });
  return runs.map((run) => run.join(""));
}

/** The signs up to the next break or correction. */
function stretch(pieces: string[]): string[] {
  const end = pieces.findIndex((piece) => piece === BREAK || piece === TAKEN_BACK);
  return end < 0 ? pieces : pieces.slice(0, end);
}

/** How many pieces stay when `again` follows a correction: a group may be said anew from its
 *  beginning ("one three eight, no, one three nine"), else the last piece was wrong. */
function kept(said: string[], again: string[]): number {
  if (!again.length) return said.length;
  const last = Math.max(said.length - 1, 0);
  for (let at = 0; at < last - 1; at += 1) {
    if (said.slice(at, last).every((piece, index) => piece === again[index])) return at;
  }
  return last;
}

/** What is said at once, with breaks and corrections between. */
function piecesOf(words: string[]): string[] {
  const pieces: string[] = [];
  let times = 1;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (TIMES[word] === 2 && ["u", "you"].includes(words[at + 1] ?? "")) {
      pieces.push("W");
      at += 1;
      continue;
    }
    if (TIMES[word]) {
      times = TIMES[word] ?? 1;
      continue;
    }
    const tens = TENS[word];
    const signs = tens ? tens + unit(words[at + 1]) : signsOf(word);
    if (tens && signs.length === 2 && unit(words[at + 1]) !== "0") at += 1;
    if (signs) pieces.push(signs.repeat(times));
    else if (CORRECTIONS.has(word)) pieces.push(TAKEN_BACK);
    else if (pieces[pieces.length - 1] !== TAKEN_BACK) pieces.push(BREAK);
    times = 1;
  }
  return pieces;
}

/** The single digit that follows "twenty", else 0: "twenty three" is 23, "twenty, alpha" is 20 A. */
function unit(word: string | undefined): string {
  const signs = word ? (WORDS[word] ?? "") : "";
  return /^[1-9]$/.test(signs) ? signs : "0";
}

function signsOf(word: string): string {
  if (WORDS[word]) return WORDS[word];
  if (/^[a-z]$/.test(word)) return word.toUpperCase();
  return /\d/.test(word) && /^[a-z0-9]+$/.test(word) ? word.toUpperCase() : letters(word);
}

/** Two or three letters said at once ("sf", "yt") are letters; longer words are words. */
function letters(word: string): string {
  return LETTERS.has(word) ? word.toUpperCase() : "";
}

/** A carrier's name as the letters it leads to; who says both means them once. */
function asLetters(text: string, name: string, signs: string): string {
  const both = new RegExp(`${name}${table.han_carriers}[\\s,，:：是的单單号號]*(?=${[...signs].join("\\s*")})`, "g");
  return text.replace(both, " ").replace(new RegExp(name + table.han_carriers, "g"), ` ${signs} `);
}

/** "One hundred and three" is 103: what follows "and" takes the places of the noughts. */
function belowAHundred(first: string, second: string): string {
  const tens = TENS[first];
  return tens ? tens + unit(second) : `${(WORDS[first] ?? "").padStart(2, "0")} ${second}`;
}

/** "一百二十三" is 123, "两千零五" is 2005. */
function ofHundreds(found: string, ...parts: string[]): string {
  const [thousands, hundreds, tens, ones, afterNought] = parts.slice(0, 5).map((one) => HAN[one ?? ""] ?? "0");
  const ten = found.includes("十") && tens === "0" ? "1" : tens;
  return ` ${Number([thousands, hundreds, ten, afterNought === "0" ? ones : afterNought].join(""))} `;
}

function tokens(sentence: string): string[] {
  let text = sentence.normalize("NFKC").toLowerCase();
  for (const [name, signs] of Object.entries(HAN_LETTERS)) text = asLetters(text, name, signs.toLowerCase());
  for (const filler of table.fillers.filter((word) => /[^a-z]/.test(word))) text = text.split(filler).join(" ");
  for (const phrase of table.corrections.filter((word) => /[^a-z]/.test(word))) text = text.split(phrase).join(" no ");
  text = text.replace(SPELT, "$1").replace(OF_HUNDREDS, ofHundreds);
  // "二十三" is 23, "三个八" and "双八" are 888 and 88.
  text = text.replace(OF_TEN, (_, tens: string, ones: string) => ` ${HAN[tens] ?? "1"}${HAN[ones] ?? "0"} `);
  text = text.replace(TIMES_HAN, (found, count: string, digit: string) =>
    /[个個]/.test(found) || "双雙".includes(count) ? ` ${(HAN[digit] ?? "").repeat(HAN_TIMES[count] ?? 1)} ` : found,
  );
  text = text.replace(/./gsu, (sign) => (HAN[sign] ? ` ${HAN[sign]} ` : sign));
  text = text.replace(HUNDRED_AND, (_, first: string, second = "") => belowAHundred(first, second));
  text = text.replace(/x[- ]ray/g, "xray").replace(/(?<=[a-z0-9])[-–](?=[a-z0-9])/g, " ");
  return text.split(/[\s,.;:!?、，。；：！？]+/u).filter((word) => word && !FILLERS.has(word));
}
