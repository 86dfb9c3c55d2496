"""Read Chinese inspection-rectification notices (巡察整改通报) and write the ledger behind them."""

__version__ = "0.1.0"
