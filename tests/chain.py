"""A chain of one's own: py-evm behind JSON-RPC on localhost, and small contracts in the EVM's own words."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from eth_tester import EthereumTester, PyEVMBackend
from eth_tester.exceptions import TransactionFailed

CHAIN = 131_277_322_940_537  # py-evm's own
# isValidSignature(bytes32 hash, bytes signature) for one owner, as Solidity would have it:
#   return ecrecover(hash, v, r, s) == OWNER ? bytes4(0x1626ba7e) : bytes4(0);
OWNED = (
    "600435" "600052"  # mem[0x00] = hash
    "60a435" "60f81c" "602052"  # mem[0x20] = v: the signature's last byte
    "606435" "604052"  # mem[0x40] = r
    "608435" "606052"  # mem[0x60] = s
    "60206080608060006001" "5afa" "50"  # mem[0x80] = ecrecover(mem[0x00:0x80])
    "608051" "73{owner}" "14"  # is it the owner
    "631626ba7e" "60e01b" "02"  # times the word for yes, on the left of 32 bytes
    "600052" "60206000f3"
)  # fmt: skip
REVERTS = "60006000fd"
BURNS = "5b600056"  # for ever
SAYS_NO = "63ffffffff" "60e01b" "600052" "60206000f3"  # fmt: skip
SAYS_LITTLE = "631626ba7e" "60e01b" "600052" "60046000f3"  # yes, in 4 bytes instead of 32  # fmt: skip
SAYS_TRUE = "6001" "600052" "60206000f3"  # as a bool, for a caller that takes anything but zero  # fmt: skip


class Chain:
    """`url` answers JSON-RPC; `place(code)` puts a contract on the chain; `asked` are the methods that were called."""

    def __init__(self) -> None:
        self.evm, self.asked, self._lock = EthereumTester(PyEVMBackend()), [], Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def place(self, runtime: str) -> str:
        """The address of a contract with this code."""
        size = f"{len(runtime) // 2:02x}"
        init = f"0x60{size}600c60003960{size}6000f3{runtime}"  # noqa: ISC001 (copies what follows, answers it)
        sent = {"from": self.evm.get_accounts()[0], "data": init, "gas": 1_000_000}
        receipt = self.evm.get_transaction_receipt(self.evm.send_transaction(sent))
        return receipt["contract_address"]

    def owned_by(self, address: str) -> str:
        return self.place(OWNED.format(owner=address[2:].lower()))

    def answer(self, method: str, params: list) -> dict:
        self.asked.append(method)
        with self._lock:
            try:
                return {"result": getattr(self, method)(*params)}
            except TransactionFailed as failed:
                return {"error": {"code": 3, "message": f"execution reverted: {failed}"}}

    def eth_chainId(self) -> str:
        return hex(CHAIN)

    def eth_getCode(self, address: str, _block: str) -> str:
        return self.evm.get_code(address)

    def eth_call(self, call: dict, _block: str) -> str:
        gas = int(call["gas"], 16)
        asker = self.evm.get_accounts()[0]
        return self.evm.call({"from": asker, "to": call["to"], "data": call["data"], "gas": gas})

    def _handler(chain):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                told = {"jsonrpc": "2.0", "id": asked["id"], **chain.answer(asked["method"], asked["params"])}
                body = json.dumps(told).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args):
                return

        return Handler


@contextmanager
def running():
    chain = Chain()
    yield chain
    chain.server.shutdown()
    chain.server.server_close()
