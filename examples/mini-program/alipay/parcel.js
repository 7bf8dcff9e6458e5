const SERVER = "https://track.example.com";

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
      success: ({ data }) => this.setData({ number, shown: data.head ? data : null, problem: data.problem || "" }),
      fail: () => this.setData({ number, shown: null, problem: "暂时无法查询，请稍后再试。" }),
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
