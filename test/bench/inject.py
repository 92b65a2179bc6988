"""Runs bcc's inject, whose path and words follow, up to where its program is compiled."""

import runpy
import sys

import bcc


class Compiled(bcc.BPF):
    def __init__(self, *words, **named):
        super().__init__(*words, **named)
        sys.exit(0)


bcc.BPF = Compiled
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
