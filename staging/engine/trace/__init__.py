"""The path tracer: Mitsuba 3 behind arrays and frozen data.

Only a child process imports the modules that import Mitsuba (`bsdf`, `shapes`, `scene`, `render`, `basis`,
`warm`): a wrong libLLVM aborts the process that loads it. `variant` is safe everywhere.
"""
