"""What the operator asks of products (H11, PM11, VL11), and how an import of them fares (P42)."""

from typing import Annotated

from pydantic import BeforeValidator

from services.connectors.mirakl.wire.base import Text, Wire, none_is_empty


class Hierarchy(Wire):
    code: str
    label: Text = ""
    parent_code: Text = ""


class Hierarchies(Wire):
    hierarchies: Annotated[tuple[Hierarchy, ...], BeforeValidator(none_is_empty)] = ()


class Parameter(Wire):
    name: str
    value: Text = ""


Parameters = Annotated[tuple[Parameter, ...], BeforeValidator(none_is_empty)]


class AttributeRole(Wire):
    type: str


class Attribute(Wire):
    code: str
    label: Text = ""
    hierarchy_code: Text = ""
    requirement_level: Text = ""
    required: bool = False
    type: Text = ""
    type_parameter: Text = ""
    type_parameters: Parameters = ()
    values_list: Text = ""
    validations: Text = ""
    variant: bool = False
    roles: Annotated[tuple[AttributeRole, ...], BeforeValidator(none_is_empty)] = ()


class Attributes(Wire):
    attributes: tuple[Attribute, ...] = ()


class ListValue(Wire):
    code: str
    label: Text = ""


class ValueList(Wire):
    code: str
    values: Annotated[tuple[ListValue, ...], BeforeValidator(none_is_empty)] = ()


class ValueLists(Wire):
    values_lists: Annotated[tuple[ValueList, ...], BeforeValidator(none_is_empty)] = ()


class ProductImport(Wire):
    import_status: str
    reason_status: Text = ""
    has_error_report: bool = False
    has_transformation_error_report: bool | None = None
