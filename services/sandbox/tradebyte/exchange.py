"""The account's folders on its file server: orders are put there, messages, stock and catalogues are fetched."""

from datetime import timedelta
from xml.etree.ElementTree import Element, ParseError, fromstring, tostring

from services.sandbox.sftp import FileServer
from services.sandbox.tradebyte.account import CHANNELS, Account
from services.sandbox.tradebyte.catalogue import take_catalogue
from services.sandbox.tradebyte.files import LARGEST_STOCK_FILE, take_messages, take_stock
from services.sandbox.tradebyte.markup import Refusal
from services.sandbox.tradebyte.order import element

FOLDERS = ("orders", "messages", "stock", "catalogue")
IGNORED = ("progress", "test", "done", ".tmp")
"""What a name may contain, in the words of the documents, for the file to be left alone."""


class FileExchange:
    """`refused` are the files that did not validate, with the reason."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.server = FileServer(f"sftp-{account.number}", "files-secret", account.faults, self._looked_at)
        self.refused: list[tuple[str, str]] = []
        self.fetched: list[str] = []
        for folder in FOLDERS:
            (self.server.folder / folder).mkdir()

    def credentials(self) -> dict[str, str | int]:
        server = self.server
        return {
            "delivery": "sftp", "sftp_host": "127.0.0.1", "sftp_port": server.port, "sftp_user": server.user,
            "sftp_password": server.password, "sftp_host_key": server.fingerprint,
        }  # fmt: skip

    def export(self) -> None:
        """Hands over what is open: one file for each channel, then it is not open any more."""
        for id, sign in CHANNELS.items():
            orders = list(self.account.open_orders(id))
            if orders:
                root = Element("ORDER_LIST")
                root.extend([element(order, open_quantity=self.account.open_quantity) for order in orders])
                self._put(root)
                for order in orders:
                    order.exported = True
            assert all(order.sign == sign for order in orders)

    def collect(self) -> None:
        """Fetches what the merchant has put there, in the order of the names."""
        for folder in FOLDERS[1:]:
            for path in sorted((self.server.folder / folder).iterdir()):
                if any(word in path.name.lower() for word in IGNORED):
                    continue
                try:
                    self._take(folder, path.name, path.read_bytes())
                    self.fetched.append(f"{folder}/{path.name}")
                except Refusal as refusal:
                    self.refused.append((f"{folder}/{path.name}", str(refusal)))
                path.unlink()

    def _take(self, folder: str, name: str, body: bytes) -> None:
        roots = {"messages": "MESSAGES_LIST", "stock": "TBSTOCK", "catalogue": "TBCATALOG"}
        try:
            root = fromstring(body)  # noqa: S314 - only the tests' own clients write here
        except ParseError as error:
            raise Refusal(400, f"The XML is not well-formed: {error}") from None
        if root.tag != roots[folder] or (folder == "stock" and len(body) > LARGEST_STOCK_FILE):
            raise Refusal(400, f"{root.tag} does not belong into {folder}")
        if folder == "messages":
            take_messages(self.account, root)
        elif folder == "stock":
            take_stock(self.account, root)
        else:
            take_catalogue(self.account, name, root)

    def _put(self, root: Element) -> None:
        moment = self.account.clock()
        while (path := self.server.folder / "orders" / f"ORDERS_{moment:%Y%m%d_%H%M%S}.xml").exists():
            moment += timedelta(seconds=1)
        path.write_bytes(tostring(root, encoding=self.account.encoding, xml_declaration=True))

    def _looked_at(self, folder: str) -> None:
        if folder == "orders":
            self.export()
