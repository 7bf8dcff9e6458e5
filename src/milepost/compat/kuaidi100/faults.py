"""What Kuaidi100 says when it cannot do as asked: HTTP 200, and a `returnCode`."""

from __future__ import annotations

from typing import Any

INCOMPLETE = ("400", "提交的数据不完整，或者贵公司没授权")
NO_SUCH_COMPANY = ("400", "找不到对应公司")
WRONG_PHONE = ("408", "快递公司参数异常：验证码错误")
NOTHING_KNOWN = ("500", "查询无结果，请隔段时间再查")
NOT_POST = ("500", "请求方式错误，请使用POST")
FAULT = ("501", "服务器错误")
BUSY = ("502", "服务器繁忙")
TOO_FAST = ("504", "请求过于频繁，请稍后再试")
BAD_SIGN = ("503", "验证签名失败")

NO_SUBSCRIBER = ("600", "您不是合法的订阅者（即授权Key出错）")
REPEATED = ("501", "重复订阅")
BAD_NUMBER = ("700", "订阅方的订阅数据存在错误：单号为空或超长")
UNSUPPORTED = ("700", "订阅方的订阅数据存在错误：不支持的快递公司")
BAD_CALLBACK = ("700", "订阅方的订阅数据存在错误：错误的回调地址")
BAD_DATA = ("700", "订阅方的订阅数据存在错误")
NOT_RECOGNISED = ("702", "POLL:识别不到该单号对应的快递公司")
NO_QUOTA = ("601", "POLL:没有可用单量")


class RefusedError(Exception):
    """Raise it with one of the pairs above to answer so."""

    def __init__(self, fault: tuple[str, str]) -> None:
        super().__init__(fault[1])
        self.code, self.message = fault


def body(fault: tuple[str, str]) -> dict[str, Any]:
    """The answer of a fault."""
    return {"result": False, "returnCode": fault[0], "message": fault[1]}


def done(message: str = "提交成功") -> dict[str, Any]:
    """The answer of a call that has nothing else to tell."""
    return {"result": True, "returnCode": "200", "message": message}
