# case: random goes on where it was
# expect: equal
# %% seed
import random
random.seed(3)
a = random.random()
# %% more
b = random.random()
# %% again
c = [random.randint(0, 100) for _ in range(3)]

# case: numpy's legacy generator goes on
# expect: equal
# %% seed
import numpy as np
np.random.seed(1)
# %% one
a = np.random.rand(2)
# %% two
b = np.random.normal(size=2)
# %% three
c = np.random.permutation(5)

# case: a stream that is not seeded starts where the notebook's starts
# expect: equal
# %% one
x = 1
# %% two
import numpy as np
a = np.random.rand()
# %% three
import random
b = random.random() + np.random.rand()

# case: a numpy Generator goes from step to step
# expect: equal
# %% make
import numpy as np
rng = np.random.default_rng(7)
# %% one
a = rng.random()
# %% two
b = rng.integers(0, 100, 3)
# %% three
also = rng
c = (also.random(), rng.random())

# case: a Generator without a seed
# expect: said: default_rng() gives something else in every run
# %% make
import numpy as np
rng = np.random.default_rng()
x = rng.random()
# %% use
y = x + 1

# case: random.Random within an object
# expect: equal
# %% classes
import random
class Dice:
    def __init__(self, seed):
        self.random = random.Random(seed)
    def throw(self):
        return self.random.randint(1, 6)
# %% make
dice = Dice(5)
a = [dice.throw() for _ in range(3)]
# %% use
b = [dice.throw() for _ in range(3)]

# case: an estimator without random_state draws from the global stream
# expect: equal
# %% make
import numpy as np
from sklearn.model_selection import train_test_split
np.random.seed(0)
X = np.arange(20).reshape(-1, 1)
# %% split
train, test = train_test_split(X)
# %% fit
from sklearn.ensemble import RandomForestRegressor
model = RandomForestRegressor(n_estimators=3).fit(train, train.ravel())
# %% use
p = model.predict(test)

# case: numpy imported inside a function of a later step draws on
# expect: equal
# %% one
import numpy as np
np.random.seed(4)
a = np.random.rand()
# %% two
def draw():
    import numpy
    return numpy.random.rand()
b = draw()

# case: a stream is seeded anew in a later step
# expect: equal
# %% one
import random
random.seed(1)
a = random.random()
# %% two
random.seed(1)
# %% three
b = random.random()
same = a == b

# case: an environment variable set in one step and read in the next
# expect: equal
# %% set
import os
os.environ['HARD_CASE'] = 'yes'
# %% read
import os
value = os.environ.get('HARD_CASE')
# %% remove
del os.environ['HARD_CASE']
# %% look
gone = os.getenv('HARD_CASE', 'gone')

# case: the working folder changed by a step
# expect: equal
# %% make
import os
os.makedirs('sub', exist_ok=True)
os.chdir('sub')
# %% write
with open('here.txt', 'w') as out:
    out.write('x')
# %% look
here = os.path.basename(os.getcwd())
os.chdir('..')
is_there = os.path.exists('sub/here.txt')

# case: a folder added to sys.path, with a module written by the notebook
# expect: equal
# %% write
import os
os.makedirs('lib', exist_ok=True)
with open('lib/mine_local.py', 'w') as out:
    out.write('def answer():\n    return 42\n')
# %% path
import sys
sys.path.insert(0, 'lib')
# %% use
import mine_local
value = mine_local.answer()

# case: a module written by one step and imported by the next
# expect: equal
# %% write
with open('made_module.py', 'w') as out:
    out.write('X = 5\n')
# %% use
import made_module
x = made_module.X

# case: warnings turned into errors
# expect: equal
# %% set
import warnings
warnings.simplefilter('error')
# %% use
try:
    warnings.warn('careful')
    what = 'went on'
except UserWarning as problem:
    what = 'stopped: ' + str(problem)

# case: options of pandas
# expect: equal
# %% set
import pandas as pd
pd.set_option('display.max_rows', 4)
pd.options.display.precision = 2
# %% use
text = repr(pd.DataFrame({'a': [0.123456] * 10}))
# %% look
rows = pd.get_option('display.max_rows')

# case: options of pandas, which a later step imports within a function
# expect: equal
# %% set
import pandas as pd
pd.set_option('display.precision', 1)
# %% use
def shown():
    import pandas
    return str(pandas.Series([0.123456]))
text = shown()

# case: how numpy prints
# expect: equal
# %% set
import numpy as np
np.set_printoptions(precision=2, suppress=True)
# %% use
text = str(np.array([1.23456]))

# case: numpy's errors raised
# expect: equal
# %% set
import numpy as np
old = np.seterr(divide='raise')
# %% use
try:
    np.array([1.0]) / np.array([0.0])
    what = 'inf'
except FloatingPointError:
    what = 'raised'

# case: the precision of decimal
# expect: equal
# %% set
import decimal
decimal.getcontext().prec = 5
# %% use
text = str(decimal.Decimal(1) / decimal.Decimal(3))

# case: the levels of loggers
# expect: equal
# %% set
import logging
logging.basicConfig(level=logging.DEBUG)
logging.getLogger('mine').setLevel(logging.ERROR)
# %% use
seen = (logging.getLogger().level, logging.getLogger('mine').isEnabledFor(logging.INFO))

# case: the recursion limit
# expect: equal
# %% set
import sys
sys.setrecursionlimit(5000)
# %% use
def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)
d = depth(3000)

# case: sklearn's output set to pandas
# expect: equal
# %% set
import sklearn
sklearn.set_config(transform_output='pandas')
# %% use
import pandas as pd
from sklearn.preprocessing import StandardScaler
out = StandardScaler().fit_transform(pd.DataFrame({'a': [1.0, 2.0]}))
kind = type(out).__name__

# case: rcParams of matplotlib
# expect: equal
# %% set
import matplotlib.pyplot as plt
plt.rcParams['figure.figsize'] = (3, 2)
plt.style.use('ggplot')
# %% use
fig = plt.figure()
size = tuple(fig.get_size_inches())
grid = plt.rcParams['axes.grid']
plt.close(fig)
del fig

# case: an attribute set on a module
# expect: equal
# %% set
import math
math.tau2 = math.tau * 2
# %% use
value = math.tau2

# case: a library's function replaced by one's own
# expect: equal
# %% set
import json
def quiet(value, **options):
    return 'quiet'
json.dumps = quiet
# %% use
import json
text = json.dumps([1])

# case: a method of a library's class replaced
# expect: equal
# %% set
import pandas as pd
pd.DataFrame.shape2 = lambda self: self.shape[0] * 100
# %% use
import pandas as pd
n = pd.DataFrame({'a': [1, 2]}).shape2()

# case: a method of a library's class put there by setattr
# expect: equal
# %% set
import pandas as pd
setattr(pd.Series, 'first2', lambda self: self.iloc[:2].tolist())
# %% use
import pandas as pd
n = pd.Series([1, 2, 3]).first2()

# case: a name of builtins replaced in the notebook
# expect: equal
# %% set
def print(*values):
    return 'mine'
sum = lambda values: -1
# %% use
a = print('x')
b = sum([1, 2])

# case: a patch by unittest.mock within a step
# expect: equal
# %% use
from unittest import mock
import os
with mock.patch('os.getcwd', return_value='/nowhere'):
    inside = os.getcwd()
# %% after
outside = os.getcwd() == '/nowhere'

# case: modules as values
# expect: equal
# %% make
import numpy as np, math
m = np
tools = {'math': math}
# %% use
value = float(m.sqrt(16)) + tools['math'].floor(2.5)
# %% more
again = m.ones(2).sum()
del tools, m

# case: the clock
# expect: said: datetime.now() gives something else in every run
# %% make
import datetime
now = datetime.datetime.now()
# %% use
year_is_sane = now.year > 2000

# case: a hash that depends on the process
# expect: equal
# %% make
names = {'b', 'a', 'c'}
first = hash('a')
# %% use
order = list(names)

# case: a locale of the C library
# expect: equal
# %% set
import locale
old = locale.setlocale(locale.LC_ALL, 'C.UTF-8')
# %% use
now = locale.setlocale(locale.LC_CTYPE)

# case: stdout is replaced over two steps
# expect: refused: an open file cannot be kept
# %% set
import io, sys
kept = sys.stdout
sys.stdout = io.StringIO()
print('caught')
# %% back
text = sys.stdout.getvalue()
sys.stdout = kept

# case: the csv module's dialects and the socket's time-out
# expect: equal
# %% set
import csv
csv.register_dialect('mine', delimiter=';')
# %% use
import csv, io
rows = list(csv.reader(io.StringIO('a;b'), 'mine'))
