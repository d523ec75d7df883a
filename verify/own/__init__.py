"""Claims and estimators of a user's own file, under the same audit as the paper's claims.

The file is read once a process; an estimator's mean and second moment are exact where its
expectation is a finite sum or that of a polynomial, else they are enclosed from samples.
"""

from verify.own.estimator import Estimator
from verify.own.file import OwnFile, Source, load, read_source, standing

__all__ = ["Estimator", "OwnFile", "Source", "load", "read_source", "standing"]
