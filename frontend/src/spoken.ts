// What people say when they read out a number, in English and Chinese, as the number itself.

const WORDS: Record<string, string> = {
  zero: "0", oh: "0", o: "0", nought: "0", one: "1", won: "1", two: "2", too: "2", to: "2",
  three: "3", tree: "3", four: "4", for: "4", five: "5", six: "6", seven: "7", eight: "8", ate: "8",
  nine: "9", niner: "9", ten: "10", eleven: "11", twelve: "12", thirteen: "13", fourteen: "14",
  fifteen: "15", sixteen: "16", seventeen: "17", eighteen: "18", nineteen: "19", hundred: "00",
  alpha: "A", alfa: "A", bravo: "B", charlie: "C", delta: "D", echo: "E", foxtrot: "F", golf: "G",
  hotel: "H", india: "I", juliet: "J", juliett: "J", kilo: "K", lima: "L", mike: "M", november: "N",
  oscar: "O", papa: "P", quebec: "Q", romeo: "R", sierra: "S", tango: "T", uniform: "U",
  victor: "V", whiskey: "W", xray: "X", yankee: "Y", zulu: "Z", zed: "Z", zee: "Z", bee: "B",
  see: "C", sea: "C", dee: "D", gee: "G", jay: "J", kay: "K", pee: "P", tea: "T", tee: "T",
  you: "U", why: "Y",
};
const TENS: Record<string, string> = {
  twenty: "2", thirty: "3", forty: "4", fourty: "4", fifty: "5", sixty: "6", seventy: "7",
  eighty: "8", ninety: "9",
};
const TIMES: Record<string, number> = { double: 2, triple: 3, treble: 3, quadruple: 4 };
const HAN: Record<string, string> = {
  零: "0", 〇: "0", 洞: "0", 一: "1", 壹: "1", 幺: "1", 么: "1", 妖: "1", 二: "2", 两: "2", 兩: "2",
  贰: "2", 三: "3", 叁: "3", 四: "4", 肆: "4", 五: "5", 伍: "5", 六: "6", 陆: "6", 陸: "6", 七: "7",
  拐: "7", 柒: "7", 八: "8", 捌: "8", 九: "9", 勾: "9", 玖: "9",
};
const HAN_TIMES: Record<string, number> = { 两: 2, 兩: 2, 二: 2, 三: 3, 四: 4, 五: 5, 六: 6 };
// Words around a number that are none of it; Chinese carriers' names lead to their letters.
const HAN_LETTERS: Record<string, string> = {
  顺丰: "SF", 順豐: "SF", 圆通: "YT", 圓通: "YT", 京东: "JD", 京東: "JD", 极兔: "JT", 極兔: "JT",
};

/** The number in a spoken sentence; empty where nothing like one (6 signs, 4 digits) is heard. */
export function spoken(sentence: string): string {
  const runs = heard(sentence);
  const best = runs.reduce((one, other) => (other.length > one.length ? other : one), "");
  const digits = best.replace(/\D/g, "").length;
  return best.length >= 6 && digits >= 4 ? best : "";
}

/** The stretches of signs; a word that is none parts them. */
function heard(sentence: string): string[] {
  const runs = [""];
  const add = (signs: string): void => {
    runs[runs.length - 1] += signs;
  };
  let times = 1;
  const words = tokens(sentence);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (TIMES[word]) {
      times = TIMES[word] ?? 1;
      continue;
    }
    const tens = TENS[word];
    const signs = tens ? tens + unit(words[at + 1]) : signsOf(word);
    if (tens && signs.length === 2 && unit(words[at + 1]) !== "0") at += 1;
    if (!signs) runs.push("");
    else add(signs.repeat(times));
    times = 1;
  }
  return runs;
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
  return /^(sf|yt|jd|jt|zto|yto|sto|ems|ups|cn|rr|cp|lx|rb)$/.test(word) ? word.toUpperCase() : "";
}

function tokens(sentence: string): string[] {
  let text = sentence.normalize("NFKC").toLowerCase();
  for (const [name, signs] of Object.entries(HAN_LETTERS)) text = text.split(name).join(` ${signs.toLowerCase()} `);
  // "三个八" is 888.
  text = text.replace(/([两兩二三四五六])个([零〇一幺二三四五六七八九])/g, (_, count: string, digit: string) =>
    ` ${(HAN[digit] ?? "").repeat(HAN_TIMES[count] ?? 1)} `,
  );
  text = text.replace(/./gsu, (sign) => (HAN[sign] ? ` ${HAN[sign]} ` : sign));
  text = text.replace(/x[- ]ray/g, "xray").replace(/(?<=[a-z0-9])[-–](?=[a-z0-9])/g, " ");
  text = text.replace(/\b(dash|hyphen|space|minus|point)\b|杠|横/g, " ");
  return text.split(/[\s,.;:、，。；：]+/u).filter(Boolean);
}
