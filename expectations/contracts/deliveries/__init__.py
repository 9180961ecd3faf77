"""The data sets of a delivery, in the order of the delivery contract."""

from expectations.contracts.deliveries.check_requests import CHECK_REQUESTS
from expectations.contracts.deliveries.cremations import CREMATIONS
from expectations.contracts.deliveries.death_certificates import DEATH_CERTIFICATES
from expectations.contracts.deliveries.dibao_roster import DIBAO_ROSTER
from expectations.contracts.deliveries.disabilities import DISABILITIES
from expectations.contracts.deliveries.enterprise_roles import ENTERPRISE_ROLES
from expectations.contracts.deliveries.enterprises import ENTERPRISES
from expectations.contracts.deliveries.fiscal_staff import FISCAL_STAFF
from expectations.contracts.deliveries.household_registry import HOUSEHOLD_REGISTRY
from expectations.contracts.deliveries.housing_fund import HOUSING_FUND
from expectations.contracts.deliveries.kin_declarations import KIN_DECLARATIONS
from expectations.contracts.deliveries.marriages import MARRIAGES
from expectations.contracts.deliveries.medical_expenses import MEDICAL_EXPENSES
from expectations.contracts.deliveries.payments import PAYMENTS
from expectations.contracts.deliveries.payments_next import PAYMENTS_NEXT
from expectations.contracts.deliveries.pensions import PENSIONS
from expectations.contracts.deliveries.poverty_register import POVERTY_REGISTER
from expectations.contracts.deliveries.prisoners import PRISONERS
from expectations.contracts.deliveries.properties import PROPERTIES
from expectations.contracts.deliveries.social_insurance import SOCIAL_INSURANCE
from expectations.contracts.deliveries.tekun_roster import TEKUN_ROSTER
from expectations.contracts.deliveries.vehicles import VEHICLES
from expectations.contracts.deliveries.village_cadres import VILLAGE_CADRES
from expectations.contracts.deliveries.visits import VISITS
from expectations.contracts.model import DataSet

DATA_SETS: dict[str, DataSet] = {
    data_set.code: data_set
    for data_set in (
        DIBAO_ROSTER,
        TEKUN_ROSTER,
        PAYMENTS,
        CREMATIONS,
        DEATH_CERTIFICATES,
        HOUSEHOLD_REGISTRY,
        FISCAL_STAFF,
        VILLAGE_CADRES,
        KIN_DECLARATIONS,
        ENTERPRISES,
        ENTERPRISE_ROLES,
        VEHICLES,
        PROPERTIES,
        SOCIAL_INSURANCE,
        PENSIONS,
        HOUSING_FUND,
        MARRIAGES,
        PRISONERS,
        DISABILITIES,
        POVERTY_REGISTER,
        MEDICAL_EXPENSES,
        CHECK_REQUESTS,
        VISITS,
        PAYMENTS_NEXT,
    )
}
