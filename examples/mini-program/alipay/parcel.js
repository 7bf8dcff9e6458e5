const SERVER = "https://track.example.com";

function problemOf(data) {
  return (data && data.problem) || "暂时无法查询，请稍后再试。";
}

Page({
  data: { number: "", shown: null, problem: "", url: "" },

  onLoad({ number }) {
    if (number) this.ask(decodeURIComponent(number));
  },

  scan() {
    my.scan({ scanType: ["barCode", "qrCode"], success: ({ code }) => this.ask(code.trim()) });
  },

  onConfirm({ detail }) {
    this.ask(detail.value.trim());
  },

  ask(number) {
    if (!number) return;
    my.request({
      url: `${SERVER}/widget/${encodeURIComponent(number)}?lang=zh`,
      dataType: "json",
      success: ({ data }) => this.setData({ number, shown: data, problem: "" }),
      // Alipay calls an unknown number (404) a failure, and hands its answer on.
      fail: ({ data }) => this.setData({ number, shown: null, problem: problemOf(data) }),
    });
  },

  open() {
    this.setData({ url: this.data.shown.url });
  },

  onShareAppMessage() {
    const { number } = this.data;
    return { title: `包裹 ${number}`, path: `pages/parcel/parcel?number=${encodeURIComponent(number)}` };
  },
});
