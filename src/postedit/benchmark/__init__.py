"""The main path over many articles or triplets, scored beside its peers."""

from postedit.benchmark.triplets import TripletRun, run_triplets

__all__ = ["TripletRun", "run_triplets"]
