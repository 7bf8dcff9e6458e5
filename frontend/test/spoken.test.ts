import assert from "node:assert/strict";
import { test } from "node:test";
import { spoken } from "../src/spoken";

const SAID: [string, string][] = [
  ["one two three four five six seven eight", "12345678"],
  ["one two double three four triple seven", "12334777"],
  ["oh four four one zero zero two nine", "04410029"],
  ["C V four four one zero zero two nine nine one seven", "CV4410029917"],
  ["charlie victor 4410029917", "CV4410029917"],
  ["the number is C V 441 002 9917 thank you", "CV4410029917"],
  ["R R one two three four five six seven eight five C N", "RR123456785CN"],
  ["yankee tango twenty three forty five sixty seven eighty", "YT23456780"],
  ["four-four-one, zero-zero-two", "441002"],
  ["x-ray one two three four five", "X12345"],
  ["幺二三四五六七八九零", "1234567890"],
  ["顺丰 一三五七九二四六八零幺二", "SF135792468012"],
  ["单号是 圆通 八零零零零零零零零零零幺零幺", "YT80000000000101"],
  ["ＹＴ 八八八八 一二三四", "YT88881234"],
  ["三个八，两个六，一二三四", "888661234"],
  ["我的快递 773 幺幺二 二三三 谢谢", "773112233"],
  ["um, one two, uh, three four and five six", "123456"],
  ["double you one two three four five", "W12345"],
  ["one two hyphen three four dash five six", "123456"],
  ["双八，四个零，九个一", "880000111111111"],
  ["二十三 四十五 六十七 十二", "23456712"],
  ["嗯 七七三 呃 幺幺二 那个 二三三", "773112233"],
  ["三八 三八 三八 三八", "38383838"],
  ["顺丰 S F 幺四零九二八三三四五五幺七", "SF1409283345517"],
  ["京东快递单号是JD V A 幺八八二零九三四四幺七", "JDVA18820934417"],
  ["圆通快递八八幺二零三四四七七幺零五", "YT8812034477105"],
  ["兩個五 三個七 幺二", "5577712"],
  ["one hundred and three four five six seven", "1034567"],
  ["one hundred and twenty three four five six", "123456"],
  ["two thousand double one twelve", "20001112"],
  ["s as in sugar f as in fox one two three four five six seven", "SF1234567"],
  ["S for Sierra F for Foxtrot 1 2 3 4 5 6 7 8", "SF12345678"],
  ["one hundred twenty three four five six seven", "1234567"],
  ["one hundred twelve three four five", "112345"],
  ["一百二十三 四五六七八", "12345678"],
  ["两千零五 六七八九一", "200567891"],
  ["三千五百 幺两零", "3500120"],
  ["one three eight, no, one three nine zero zero one two", "1390012"],
  ["seven seven no sorry eight one two three four five", "7812345"],
  ["S F one zero zero five, correction, six two three four five six", "SF100623456"],
  ["double five four scratch that three two one zero zero", "5532100"],
  ["one two three four five six, no it's seven, eight", "1234578"],
  ["sorry, one two three four five six seven, no thanks", "1234567"],
  ["一三八，不对，一三九零零一二三四", "139001234"],
  ["七七五 说错了 六 零零 幺二三", "77600123"],
  ["where is my parcel", ""],
  ["我的包裹在哪里", ""],
  ["one two", ""],
  ["", ""],
];

for (const [sentence, number] of SAID) {
  test(`"${sentence}" is ${number || "no number"}`, () => {
    assert.equal(spoken(sentence), number);
  });
}
