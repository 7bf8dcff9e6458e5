const SERVER = "https://track.example.com";

Page({
  data: { number: "", shown: null, problem: "", url: "" },

  onLoad({ number }) {
    if (number) this.ask(decodeURIComponent(number));
  },

  scan() {
    wx.scanCode({ success: ({ result }) => this.ask(result.trim()) });
  },

  onConfirm({ detail }) {
    this.ask(detail.value.trim());
  },

  ask(number) {
    if (!number) return;
    wx.request({
      url: `${SERVER}/widget/${encodeURIComponent(number)}?lang=zh`,
      success: ({ statusCode, data }) => {
        const found = statusCode === 200;
        this.setData({ number, shown: found ? data : null, problem: found ? "" : data.problem });
      },
      fail: () => this.setData({ number, shown: null, problem: "暂时无法查询，请稍后再试。" }),
    });
  },

  open() {
    this.setData({ url: this.data.shown.url });
  },

  onShareAppMessage() {
    const { number } = this.data;
    return { title: `包裹 ${number}`, path: `/pages/parcel/parcel?number=${encodeURIComponent(number)}` };
  },
});
