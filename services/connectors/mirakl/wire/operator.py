"""What the operator decided and keeps: his set-up (PC01), carriers, reasons, documents."""

from services.connectors.mirakl.wire.base import Text, Wire


class Workflows(Wire):
    order_acceptance: Text = ""


class ShipmentFeatures(Wire):
    multi_shipment: bool = False


class Pricing(Wire):
    discount_period_required: bool = False
    volume_pricing: bool = False


class Catalog(Wire):
    product_import_only_on_leaf: bool = False
    list_of_multiple_values_separator: Text = ""


class ReturnFeatures(Wire):
    marketplace: bool = False
    drop_ship: bool = False
    one_creditor: bool = False


class Features(Wire):
    returns: ReturnFeatures = ReturnFeatures()
    catalog: Catalog = Catalog()
    operator_csv_delimiter: Text = ""
    offer_prices_decimals: Text = ""
    pricing: Pricing = Pricing()
    disable_seller_alternative_carrier: bool = False
    order_tax_mode: Text = ""
    order_workflows: Workflows = Workflows()
    shipment: ShipmentFeatures = ShipmentFeatures()


class Configuration(Wire):
    features: Features = Features()


class Carrier(Wire):
    code: str
    label: Text = ""
    standard_code: Text = ""


class Carriers(Wire):
    carriers: tuple[Carrier, ...] = ()


class Reason(Wire):
    code: str
    label: Text = ""
    type: Text = ""
    is_shop_right: bool = False


class Reasons(Wire):
    reasons: tuple[Reason, ...] = ()


class DocumentTypes(Wire):
    documents: tuple[Carrier, ...] = ()


class StoredDocument(Wire):
    id: int
    order_id: str
    type: Text = ""
    file_name: Text = ""
    file_size: int = 0


class Documents(Wire):
    order_documents: tuple[StoredDocument, ...] = ()
