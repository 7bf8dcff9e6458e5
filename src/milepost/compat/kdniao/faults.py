"""What Kdniao says when it cannot answer: HTTP 200, `Success` false and a `Reason`."""

from __future__ import annotations

NO_TRACES = "暂无轨迹信息"
BAD_CREDENTIALS = "非法参数[请核实ID和key是否正确]"
NOT_POST = "请求方式错误[请使用POST]"
TOO_FAST = "超出请求频率限制"
NO_PACKAGE = "业务错误[没有可用套餐]"
TOO_MANY = "超出订阅数量限制"
BAD_DATA = "RequestData格式有误"
NO_NUMBER = "缺少快递单号"
BAD_NUMBER = "快递单号有特殊字符"
BAD_LENGTH = "快递单号长度不符"
NO_PHONE = "手机尾号不能为空"
BAD_PHONE = "手机尾号格式不正确"
NO_ESTIMATE = "无法预估时效[始发地或目的地无法识别]"
BAD_CALLBACK = "无效的输入[【CallbackUrl】不正确]"

_CODES = {
    BAD_CREDENTIALS: "104",
    NOT_POST: "102",
    TOO_FAST: "405",
    NO_PACKAGE: "104",
    TOO_MANY: "405",
    BAD_DATA: "401",
    NO_NUMBER: "402",
    BAD_NUMBER: "403",
    BAD_LENGTH: "404",
    NO_PHONE: "101",
    BAD_PHONE: "103",
}


class KdniaoError(Exception):
    """An answer with `Success` false; `reason` is what the client reads, `code` the ResultCode of
    instructions whose answers have one.
    """

    def __init__(self, reason: str, code: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code or _CODES.get(reason, "105")


def invalid(field: str, value: str) -> KdniaoError:
    """A field that has no such value."""
    return KdniaoError(f"无效的输入[【{field}】{value}不正确]", "103")


def missing(field: str) -> KdniaoError:
    """A field that has to be given."""
    return KdniaoError(f"无效的输入[【{field}】为空，不正确]", "101")
