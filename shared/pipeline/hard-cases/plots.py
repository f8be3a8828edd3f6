# case: a figure made in one step and drawn into by the next
# expect: equal
# %% make
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.plot([1, 2], [3, 4])
# %% more
ax.set_title('late')
ax.plot([2, 1], [3, 4])
# %% look
n = len(ax.lines)
title = ax.get_title()

# case: figures by number, kept open by a name
# expect: equal
# %% make
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.title('one')
plt.show()
# %% more
plt.plot([3, 4])
n = len(plt.gca().lines)
# %% after
open_figures = len(plt.get_fignums())

# case: figures stay open with plt.ion off and close never called
# expect: equal
# %% make
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt
x = 1
# %% draw
plt.figure(3)
plt.plot([1, 2])
plt.close('all')
# %% after
seen = plt.get_fignums()

# case: a figure is saved in the step after it was made
# expect: equal
# %% make
import matplotlib.pyplot as plt
fig, ax = plt.subplots(figsize=(2, 2))
ax.bar([1], [2])
# %% save
fig.savefig('bars.png')
# %% look
import os
is_there = os.path.getsize('bars.png') > 100

# case: a list of axes
# expect: equal
# %% make
import matplotlib.pyplot as plt
fig, axes = plt.subplots(1, 2)
# %% draw
for each in axes:
    each.plot([1, 2])
# %% look
counts = [len(each.lines) for each in axes]

# case: a plot of pandas gives axes that are used later
# expect: equal
# %% make
import pandas as pd
import matplotlib.pyplot as plt
ax = pd.DataFrame({'a': [1, 2]}).plot()
# %% more
ax.axhline(1.5)
# %% look
n = len(ax.lines)

# case: the histogram's numbers are kept, its patches are not needed
# expect: equal
# %% make
import matplotlib.pyplot as plt
counts, edges, patches = plt.hist([1, 1, 2, 5], bins=2)
# %% use
most = int(counts.max())
width = float(edges[1] - edges[0])

# case: a figure and its axes stay one
# expect: equal
# %% make
import matplotlib.pyplot as plt
fig, ax = plt.subplots()
# %% look
same = ax.figure is fig
first = fig.axes[0] is ax
