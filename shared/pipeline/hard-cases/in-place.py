# case: methods of lists, sets and dicts that change them
# expect: equal
# %% make
names = ['b', 'a', 'c']
seen = {1, 2}
counts = {'a': 1}
# %% change
names.sort(); names.reverse(); names.insert(1, 'x')
seen |= {3}
seen.discard(1)
counts.setdefault('b', []).append(5)
counts.update(c=2)
counts.pop('a')
# %% look
result = (names, seen, counts)

# case: pandas methods with inplace=True
# expect: equal
# %% make
import pandas as pd
df = pd.DataFrame({'k': [3, 1, 2, 2], 'v': [1.0, None, 3.0, 3.0]})
# %% change
df.dropna(inplace=True)
df.drop_duplicates(inplace=True)
df.sort_values('k', inplace=True)
df.rename(columns={'v': 'value'}, inplace=True)
# %% look
shape = df.shape
first = float(df['value'].iloc[0])

# case: columns added, popped and deleted
# expect: equal
# %% make
import pandas as pd
df = pd.DataFrame({'a': [1, 2], 'b': [3, 4], 'c': [5, 6]})
# %% change
df['d'] = df.pop('a') + 1
del df['b']
df.insert(0, 'z', [9, 9])
# %% look
columns = list(df.columns)

# case: cells set by loc, iloc and at
# expect: equal
# %% make
import pandas as pd
df = pd.DataFrame({'a': [1, 2, 3]}, index=['x', 'y', 'z'])
# %% change
df.loc['y', 'a'] = 20
df.iloc[0, 0] = 10
df.at['z', 'a'] = 30
df.loc['w'] = 40
# %% look
total = int(df['a'].sum())

# case: the index and columns of a frame are replaced
# expect: equal
# %% make
import pandas as pd
df = pd.DataFrame([[1, 2], [3, 4]])
# %% change
df.columns = ['p', 'q']
df.index.name = 'row'
df.attrs['source'] = 'made'
# %% look
seen = (list(df.columns), df.index.name, df.attrs)

# case: an estimator fitted in a later step than it was made in
# expect: equal
# %% make
import numpy as np
from sklearn.linear_model import LinearRegression
model = LinearRegression()
same = model
X = np.arange(6.0).reshape(-1, 1)
# %% fit
model.fit(X, X.ravel() * 2 + 1)
# %% use
prediction = same.predict([[10.0]])

# case: a pipeline whose step is fitted by the pipeline
# expect: equal
# %% make
import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
scaler = StandardScaler()
pipe = Pipeline([('scale', scaler)])
X = np.arange(8.0).reshape(4, 2)
# %% fit
pipe.fit(X)
# %% look
mean = scaler.mean_

# case: out= and numpy functions that write to their first argument
# expect: equal
# %% make
import numpy as np
a = np.arange(4.0)
b = np.zeros(4)
# %% change
np.multiply(a, 3, out=b)
np.put(a, [0], 99)
np.fill_diagonal(c := np.zeros((2, 2)), 1)
# %% look
seen = (a.tolist(), b.tolist(), c.tolist())

# case: a deque, a heap and a counter
# expect: equal
# %% make
import collections, heapq, bisect
queue = collections.deque([1, 2, 3], maxlen=3)
heap = [5, 3, 8]
tally = collections.Counter('abca')
# %% change
queue.append(4)
queue.rotate(1)
heapq.heapify(heap)
heapq.heappush(heap, 1)
tally.subtract('a')
bisect.insort(ordered := [1, 3], 2)
# %% look
seen = (list(queue), heap[0], tally['a'], ordered, queue.maxlen)

# case: a defaultdict whose factory is a lambda
# expect: equal
# %% make
from collections import defaultdict
table = defaultdict(lambda: [0])
table['a'].append(1)
# %% change
table['b'].append(2)
# %% look
plain = {key: list(value) for key, value in table.items()}
del table

# case: an ordered dict is reordered
# expect: equal
# %% make
from collections import OrderedDict
order = OrderedDict(a=1, b=2, c=3)
# %% change
order.move_to_end('a')
# %% look
keys = list(order)

# case: a function of the notebook changes its argument
# expect: equal
# %% functions
def add_total(frame):
    frame['total'] = frame.sum(axis=1)
# %% make
import pandas as pd
df = pd.DataFrame({'a': [1, 2], 'b': [3, 4]})
# %% change
add_total(df)
# %% look
totals = df['total'].tolist()

# case: a function changes a notebook variable that it is not given
# expect: equal
# %% make
log = []
def note(what):
    log.append(what)
    return what
# %% use
x = note('first')
# %% more
y = note('second')
# %% look
seen = list(log)

# case: a method changes the object it belongs to, by way of a helper
# expect: equal
# %% classes
class Stack:
    def __init__(self):
        self.items = []
    def _add(self, item):
        self.items.append(item)
    def push(self, item):
        self._add(item)
        return self
# %% make
stack = Stack()
# %% change
stack.push(1).push(2)
# %% look
size = len(stack.items)

# case: a loop changes each of several frames
# expect: equal
# %% make
import pandas as pd
train = pd.DataFrame({'a': [1]})
test = pd.DataFrame({'a': [2]})
# %% change
for frame in (train, test):
    frame['b'] = frame['a'] * 2
# %% look
seen = (list(train.columns), int(test['b'].iloc[0]))

# case: map with a function that changes its argument
# expect: equal
# %% make
rows = [[3, 1], [9, 4]]
# %% change
_ = [row.sort() for row in rows]
list(map(lambda row: row.append(0), rows))
# %% look
seen = [tuple(row) for row in rows]

# case: setattr, and a bound method kept under a name
# expect: equal
# %% make
from types import SimpleNamespace
box = SimpleNamespace(n=1)
rows = []
add = rows.append
# %% change
setattr(box, 'n', 2)
add(5)
# %% look
seen = (box.n, rows)

# case: a series whose values are written through numpy
# expect: equal
# %% make
import numpy as np
values = np.array([1.0, 2.0, 3.0])
table = {'values': values}
# %% change
table['values'][0] = 10
np.negative(values, out=values)
# %% look
total = float(values.sum())
