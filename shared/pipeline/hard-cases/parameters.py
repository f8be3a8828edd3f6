# case: a parameter is reassigned in a step
# expect: equal
# %% parameters
n = 3
# %% one
m = n * 2
n = n + 1
# %% two
seen = (n, m)

# case: a list parameter is appended to
# expect: equal
# %% parameters
columns = ['a', 'b']
# %% one
columns.append('c')
# %% two
seen = list(columns)

# case: a parameter read by a function
# expect: equal
# %% parameters
rate = 0.5
# %% functions
def scaled(x):
    return x * rate
# %% use
value = scaled(4)
# %% again
rate = 2
# %% more
second = scaled(4)

# case: a parameter computed from another
# expect: equal
# %% parameters
n = 4
half = n // 2
# %% use
seen = (n, half)

# case: a parameter bound again by a loop
# expect: equal
# %% parameters
depth = 3
# %% one
before = depth
for depth in range(2):
    pass
# %% two
after = depth

# case: a default argument taken from a parameter
# expect: equal
# %% parameters
size = 4
# %% functions
def make(n=size):
    return [0] * n
# %% use
rows = make()

# case: a parameter is deleted
# expect: equal
# %% parameters
n = 3
# %% one
m = n
del n
# %% two
seen = m

# case: a cell that redefines a name of an earlier step
# expect: equal
# %% one
data = [1, 2]
# %% two
total = sum(data)
data = 'replaced'
# %% three
kind = type(data).__name__
# %% four
data = data.upper()

# case: a skipped cell whose values nobody needs
# expect: equal
# %% one
a = 1
# %% skip
b = a * 100
# %% two
c = a + 1

# case: cells of one step that stand apart
# expect: equal
# %% one
a = [1]
# %% two
b = 2
# %% one
a.append(3)
# %% three
c = a + [b]

# case: cells of one step that cannot be brought together
# expect: equal
# %% one
a = [1]
# %% two
a.append(2)
b = len(a)
# %% one
a.append(b)
# %% three
c = list(a)

# case: cells without a tag
# expect: equal
# %% -
import pandas as pd
df = pd.DataFrame({'a': [1, 2, 3]})
# %% -
df['b'] = df['a'] * 2
# %% -
from sklearn.linear_model import LinearRegression
model = LinearRegression().fit(df[['a']], df['b'])
# %% -
score = round(model.score(df[['a']], df['b']), 6)

# case: deeply nested containers
# expect: equal
# %% make
deep = []
for _ in range(300):
    deep = [deep]
# %% use
depth = 0
at = deep
while at:
    at, depth = at[0], depth + 1
del deep, at

# case: containers nested deeper than Python's own limit
# expect: refused: nested
# %% make
deep = []
for _ in range(100000):
    deep = [deep]
# %% use
kind = type(deep).__name__

# case: values JSON would change
# expect: equal
# %% make
import datetime, decimal, fractions, uuid, pathlib
values = {
    1: (1, 2), 'nan': float('nan'), 'inf': float('-inf'), 'zero': -0.0, 'bytes': b'\x00',
    'set': frozenset({1}), 'date': datetime.date(2026, 1, 2), 'decimal': decimal.Decimal('1.10'),
    'fraction': fractions.Fraction(1, 3), 'id': uuid.UUID(int=5), 'path': pathlib.PurePosixPath('a/b'),
    'big': 10 ** 40, 'complex': 1 + 2j, 'range': range(3), 'none': None, 'dots': ...,
}
text = 'a\ud800b'
# %% use
kinds = {str(key): type(value).__name__ for key, value in values.items()}
sign = str(values['zero'])
n = len(text)

# case: frames that Parquet would change
# expect: equal
# %% make
import numpy as np
import pandas as pd
df = pd.DataFrame({'a': pd.Categorical(['x', 'y', 'x'], categories=['y', 'x'], ordered=True)}, index=[3, 1, 2])
odd = pd.DataFrame({0: [1, 'a', None], ('t', 1): [[1], (2,), {3}]})
multi = pd.DataFrame(np.eye(2), index=pd.MultiIndex.from_tuples([('a', 1), ('b', 2)], names=['p', 'q']))
times = pd.DataFrame({'t': pd.date_range('2026-01-01', periods=3, freq='D', tz='UTC')}).set_index('t')
empty = pd.DataFrame({'a': pd.Series([], dtype='float32')})
twice = pd.DataFrame([[1, 2]], columns=['a', 'a'])
# %% use
seen = (str(df['a'].dtype.categories.tolist()), odd.columns.tolist(), multi.index.names, times.index.freq is not None)

# case: arrays npy would change
# expect: equal
# %% make
import numpy as np
fortran = np.asfortranarray(np.arange(6.0).reshape(2, 3))
record = np.array([(1, 2.0)], dtype=[('a', 'i4'), ('b', 'f8')])
masked = np.ma.masked_array([1, 2, 3], mask=[0, 1, 0])
frozen = np.arange(3)
frozen.flags.writeable = False
matrix = np.matrix([[1, 2]])
swapped = np.array([1, 2], dtype='>i4')
# %% use
seen = (fortran.flags.f_contiguous, frozen.flags.writeable, type(matrix).__name__, masked.sum(), str(swapped.dtype))
