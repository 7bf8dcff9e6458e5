"""Runs in the environment of kdnmcp: makes the calls that stdin lists and prints what came back.

A call is `{"via": "client" | "tool", "name": …, "given": {…}}`; an answer is the client's own model
as JSON, or `{"raised": text}`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from fastmcp import Client
from kdnmcp.server import KDNiaoMCPServer
from models import kdniao_models as models
from utils.kdniao_client import KDNiaoAPIError, KDNiaoClient

REQUESTS = {
    "track_logistics": models.TrackRequest,
    "recognize_logistics_code": models.RecognizeRequest,
    "get_time_efficiency": models.TimeEfficiencyRequest,
    "parse_address": models.AddressParseRequest,
    "query_service_points": models.ServicePointRequest,
    "track_cross_border_logistics": models.CrossBorderTrackRequest,
    "subscribe_cross_border_logistics": models.CrossBorderSubscribeRequest,
}


async def by_client(name: str, given: dict[str, Any]) -> Any:
    async with KDNiaoClient() as client:
        if name == "health_check":
            return await client.health_check()
        try:
            answer = await getattr(client, name)(REQUESTS[name](**given))
        except KDNiaoAPIError as error:
            return {"raised": str(error)}
        return answer.model_dump()


async def by_tool(server: KDNiaoMCPServer, name: str, given: dict[str, Any]) -> Any:
    async with Client(server.app) as client:
        return (await client.call_tool(name, given)).data


async def main() -> None:
    server = KDNiaoMCPServer()
    answers = []
    for call in json.load(sys.stdin):
        if call["via"] == "client":
            answers.append(await by_client(call["name"], call["given"]))
        else:
            answers.append(await by_tool(server, call["name"], call["given"]))
    print("ANSWERS" + json.dumps(answers, ensure_ascii=False))


asyncio.run(main())
