"""Every sample of each demo country, with the state that it is left in.

Order matters to the eye: what is filed last stands first in the lists.
"""

from agencies.states import RefusalReason
from declarations.states import Channel, State
from portal.demo.conditions import usual
from portal.demo.samples import (
    azerbaijan_trade,
    faulty,
    georgia_exports,
    georgia_imports,
    kazakhstan_transit,
    permits,
    transit,
)
from portal.demo.samples.sample import Sample, approve, claim, refuse

LARVAE = (
    "Living larvae of the oriental fruit moth (Grapholita molesta) were found in 3 of 20 boxes of "
    "persimmons, report FS-2026-1184. Return the goods or have them destroyed under our eyes. You "
    "may ask for a second sample within 5 days."
)

GEORGIA = (
    Sample(
        "Polyethylene from Sumqayit", "broker", georgia_imports.polymers,
        (approve("customs"),), State.RELEASED, Channel.REST,
    ),
    Sample(
        # Green: nobody need look at it.
        "Saperavi to Almaty", "trader", georgia_exports.wine, ends=State.RELEASED,
    ),
    Sample(
        "Sparkling wine to Baku", "trader", georgia_exports.sparkling_wine, ends=State.RELEASED,
    ),
    Sample(
        "Wine from Goygol", "trader", georgia_imports.wine, (approve("customs"),), State.RELEASED,
    ),
    Sample(
        "Persimmons and grapes from Samarkand", "trader", georgia_imports.fresh_fruit,
        (refuse("phyto", RefusalReason.HEALTH_RISK, LARVAE),), State.REFUSED,
    ),
    Sample(
        "Basmati rice from Lahore", "trader", georgia_imports.rice,
        (approve("phyto", "Fumigation seen, no quarantine pests."), claim("customs")),
        channel=Channel.REST,
    ),
    Sample(
        "Hazelnuts to Hamburg", "broker", georgia_exports.hazelnuts,
        # Everybody has agreed; the goods wait for the paper.
        (approve("phyto", "", usual("PP-01")), approve("customs")), channel=Channel.FILE,
    ),
    Sample("Wheat from Kostanay", "broker", georgia_imports.wheat, channel=Channel.REST),
    Sample("Cashmere from the Gobi", "broker", georgia_imports.cashmere, (claim("vet"),)),
    Sample("Cotton yarn from Fergana", "broker", georgia_imports.cotton_yarn, (claim("customs"),)),
    Sample("Ferro-chromium through three countries", "broker", transit.ferrochrome,
           channel=Channel.REST),
    Sample("Scrap steel to Iskenderun", "broker", georgia_exports.scrap_steel),
    Sample("Application for a CITES permit", "trader", permits.caviar),
    Sample("Sturgeon caviar from Neftchala", "trader", georgia_imports.caviar),
    Sample("Olive oil, full of faults", "trader", faulty.olive_oil, ends=State.REJECTED,
           channel=Channel.FILE),
)

AZERBAIJAN = (
    Sample(
        "Tsinandali from Tbilisi", "trader", azerbaijan_trade.georgian_wine,
        (approve("customs"),), State.RELEASED,
    ),
    Sample("Wheat over the Caspian", "broker", azerbaijan_trade.wheat, channel=Channel.REST),
    Sample("Persimmons to Astrakhan", "trader", azerbaijan_trade.persimmons, (approve("phyto"),)),
    Sample("Caviar to Tbilisi", "broker", azerbaijan_trade.caviar, (claim("cites"),)),
    Sample("Polyethylene to Rustavi", "broker", azerbaijan_trade.polymers, (claim("customs"),)),
)

KAZAKHSTAN = (
    Sample(
        "Batteries from Almaty to Tbilisi", "broker", kazakhstan_transit.batteries,
        (approve("customs"),), State.RELEASED, Channel.REST,
    ),
    Sample("Copper wire to Tbilisi", "broker", kazakhstan_transit.copper_wire, channel=Channel.REST),
)

SAMPLES = {"GE": GEORGIA, "AZ": AZERBAIJAN, "KZ": KAZAKHSTAN}
