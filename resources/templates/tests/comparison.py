"""Compares two values, each by its type, and tells the first place where they differ.

Numbers count as equal within RELATIVE and ABSOLUTE; everything else, types and orders too, has to be equal.
"""

import math
import re
import sys
import types

RELATIVE, ABSOLUTE = 1e-9, 1e-12
# How long scikit-learn took: never the same twice.
TIMES = re.compile(r"^((mean|std)_)?(fit|score)_time$|^refit_time_?$")
# Private state of models that is data all the same.
DATA = {"_fit_X", "_y", "_X_fit", "_X_train", "_y_train", "_Booster"}


class Differs(Exception):
    """The first place where two values are not the same."""

    def __init__(self, path, one, two, how="is", more="", **where):
        self.place = {"path": path, "row": None, "column": None, "index": None, "notebook": one, "package": two, **where}
        super().__init__("%s %s %s in the notebook, %s in the package%s" % (path, how, one, two, more))


class DiffersInside(Differs):
    """Only what a model keeps to itself differs: its settings and what it learned are the same."""

    def __init__(self, difference):
        Exception.__init__(self, str(difference))
        self.place = difference.place


class CannotCompare(Exception):
    """Why two values cannot be told apart."""


def compare(name, one, two, tables=()):
    """(verdict, note, place or None) for two values of this name; models are tried on the tables."""
    comparison = Comparison()
    try:
        comparison.same_unless_time(name, one, two, name)
    except CannotCompare as reason:
        return "not-compared", str(reason), None
    except DiffersInside as difference:
        return _by_predictions(one, two, tables, difference)
    except Differs as difference:
        return "different", str(difference), difference.place
    except RecursionError:
        return "not-compared", "it is nested too deeply", None
    notes = []
    if comparison.largest > 0:
        notes.append("at most %.1e apart" % comparison.largest)
    if comparison.times:
        notes.append("measured times are left out: %s" % ", ".join(sorted(set(comparison.times))))
    verdict = "within-tolerance" if comparison.largest > 0 else "identical"
    return verdict, "; ".join(notes + sorted(comparison.left_out)), None


def _by_predictions(one, two, tables, difference):
    count = getattr(one, "n_features_in_", None)
    for table in tables:
        shape = getattr(table, "shape", ())
        if len(shape) != 2 or shape[1] != count:
            continue
        try:
            Comparison().same(one.predict(table), two.predict(table), "prediction")
        except Differs as predicted:
            return "different", "%s; %s" % (difference, predicted), difference.place
        except Exception:
            continue
        return "within-tolerance", "its predictions of %d rows are the same; %s" % (shape[0], difference), None
    return "different", str(difference), difference.place


class Comparison:
    def __init__(self):
        self.largest = 0.0
        self.times = []
        self.left_out = set()
        self.kept = []
        self.seen = set()
        for module in ("numpy", "pandas", "polars", "pyarrow", "torch", "xgboost", "lightgbm"):
            setattr(self, module, sys.modules.get(module))

    def same(self, one, two, path):
        if one is two:
            return
        key = (id(one), id(two))
        if key in self.seen:
            return
        if type(one) is not type(two) and not alike(type(one), type(two)):
            raise Differs(path, name_of(one), name_of(two))
        self.seen.add(key)
        # Keeps both alive, so that no later object gets one of these ids.
        self.kept.append((one, two))
        for kinds, rule in self.rules():
            if isinstance(one, kinds):
                return rule(one, two, path)
        return self.same_object(one, two, path)

    def rules(self):
        if hasattr(self, "known"):
            return self.known
        rules = [((bool, int, str, bytes, bytearray, type(None), range, slice), self.same_plain)]
        if self.numpy is not None:
            rules = [(self.numpy.generic, self.same_array)] + rules
        rules += [((float, complex), self.same_number)]
        rules += [((list, tuple), self.same_sequence), (dict, self.same_dict)]
        rules += [((set, frozenset), self.same_set), (types.ModuleType, self.same_plain)]
        rules += [(type, self.same_named), (types.BuiltinFunctionType, self.same_named)]
        rules += [(types.FunctionType, self.same_function)]
        rules += [((types.GeneratorType, types.CoroutineType), self.unread)]
        if self.numpy is not None:
            rules += [(self.numpy.ma.MaskedArray, self.same_masked), (self.numpy.ndarray, self.same_array)]
            rules += [(self.numpy.dtype, self.same_plain)]
        if self.pandas is not None:
            rules += [(self.pandas.DataFrame, self.same_frame), (self.pandas.Series, self.same_series)]
            rules += [(self.pandas.Index, self.same_index)]
        if self.polars is not None:
            rules += [(self.polars.DataFrame, self.same_polars), (self.polars.Series, self.same_polars_column)]
            rules += [(self.polars.LazyFrame, lambda one, two, path: self.same_polars(one.collect(), two.collect(), path))]
        if self.pyarrow is not None:
            rules += [((self.pyarrow.Table, self.pyarrow.RecordBatch), self.same_arrow_table)]
            rules += [((self.pyarrow.ChunkedArray, self.pyarrow.Array), self.same_arrow_column)]
        if self.torch is not None:
            rules += [(self.torch.Tensor, self.same_tensor), (self.torch.nn.Module, self.same_network)]
        if self.xgboost is not None:
            rules += [(self.xgboost.Booster, self.same_xgboost)]
        if self.lightgbm is not None:
            rules += [(self.lightgbm.Booster, self.same_lightgbm)]
        self.known = rules
        return rules

    # ── plain Python ──

    def same_plain(self, one, two, path):
        if one != two:
            raise Differs(path, brief(one), brief(two))

    def same_named(self, one, two, path):
        if getattr(one, "__name__", None) != getattr(two, "__name__", None):
            raise Differs(path, brief(one), brief(two))

    def same_function(self, one, two, path):
        self.same_named(one, two, path)
        # Its code was compiled from another place; what it holds is compared.
        self.same(one.__defaults__, two.__defaults__, path + ".__defaults__")

    def unread(self, one, two, path):
        raise CannotCompare("a %s cannot be read without being used up" % name_of(one))

    def same_number(self, one, two, path, **where):
        if one == two or (one != one and two != two):
            return
        close = abs(one - two) <= ABSOLUTE + RELATIVE * abs(one) if math.isfinite(abs(one)) else False
        if not close:
            raise Differs(path, repr(one), repr(two), **where)
        self.largest = max(self.largest, abs(one - two) / (abs(one) or 1.0))

    def same_sequence(self, one, two, path):
        for number, (first, second) in enumerate(zip(one, two)):
            self.same(first, second, "%s[%d]" % (path, number))
        if len(one) != len(two):
            raise Differs(path, "%d items" % len(one), "%d" % len(two), how="has")
        if type(one) not in (list, tuple) and hasattr(one, "__dict__"):
            self.same_attributes(vars(one), vars(two), path)

    def same_dict(self, one, two, path):
        if len(one) == len(two) and any(type(key).__eq__ is object.__eq__ for key in one):
            # Keys that equal nothing but themselves: by their order.
            return self.same(list(one.items()), list(two.items()), path)
        only = [key for key in one if key not in two] + [key for key in two if key not in one]
        if only:
            sides = ("the key", "no such key") if only[0] in one else ("no such key", "the key")
            raise Differs("%s[%s]" % (path, brief(only[0])), *sides, how="has")
        for key in one:
            self.same_unless_time(key, one[key], two[key], "%s[%s]" % (path, brief(key)))

    def same_unless_time(self, key, one, two, path):
        try:
            self.same(one, two, path)
        except Differs:
            if not (isinstance(key, str) and TIMES.search(key)):
                raise
            self.times.append(key)

    def same_set(self, one, two, path):
        if one != two:
            there, here = sorted(map(brief, one - two)), sorted(map(brief, two - one))
            raise Differs(path, ", ".join(there[:3]) or "nothing more", ", ".join(here[:3]) or "nothing more", how="has")

    # ── numpy ──

    def same_array(self, one, two, path, **where):
        numpy = self.numpy
        if one.dtype != two.dtype:
            raise Differs(path, str(one.dtype), str(two.dtype), how="has type", **where)
        if one.shape != two.shape:
            return self.other_shape(one, two, path, where)
        if one.dtype.names:
            for name in one.dtype.names:
                self.same_array(one[name], two[name], "%s[%r]" % (path, name), column=name)
        elif one.dtype.hasobject:
            for index, first in numpy.ndenumerate(one):
                self.same(first, two[index], "%s[%s]" % (path, ", ".join(map(str, index))))
        elif one.dtype.kind in "fc":
            self.same_numbers(one, two, path, where)
        elif one.dtype.kind in "mM":
            self.first_difference(one, two, (one != two) & ~(numpy.isnat(one) & numpy.isnat(two)), path, where)
        elif one.dtype.kind == "V":
            self.same_plain(one.tobytes(), two.tobytes(), path)
        else:
            self.first_difference(one, two, one != two, path, where)

    def other_shape(self, one, two, path, where):
        """Says too where the part they share begins to differ, if it does."""
        more = ""
        if one.ndim == two.ndim and one.ndim and one.shape[1:] == two.shape[1:]:
            shared = min(len(one), len(two))
            try:
                self.same_array(one[:shared], two[:shared], path)
                more = "; the first %d rows are the same" % shared
                where = {**where, "row": shared}
            except Differs as difference:
                more = "; before that, %s" % difference
                where = {**where, "row": difference.place["row"]}
        raise Differs(path, shown_shape(one.shape), shown_shape(two.shape), how="has shape", more=more, **where)

    def same_numbers(self, one, two, path, where):
        numpy = self.numpy
        if numpy.array_equal(one, two, equal_nan=True):
            return
        close = numpy.isclose(two, one, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)
        self.first_difference(one, two, ~close, path, where)
        with numpy.errstate(all="ignore"):
            apart = numpy.abs(one - two) / numpy.where(numpy.abs(one) > 0, numpy.abs(one), 1)
        self.largest = max(self.largest, float(numpy.nanmax(apart)))

    def first_difference(self, one, two, mask, path, where):
        mask = self.numpy.asarray(mask)
        if not mask.any():
            return
        index = tuple(int(each) for each in self.numpy.argwhere(mask)[0]) if mask.ndim else ()
        place = "%s[%s]" % (path, ", ".join(map(str, index))) if index else path
        first, second = (one[index], two[index]) if index else (one, two)
        more = "; %d of %d values differ" % (int(mask.sum()), mask.size) if mask.size > 1 else ""
        found = {**({"row": index[0]} if index else {}), **({"column": str(index[1])} if len(index) > 1 else {}), **where}
        raise Differs(place, brief(first), brief(second), more=more, **found)

    def same_masked(self, one, two, path):
        numpy = self.numpy
        self.same_array(numpy.ma.getmaskarray(one), numpy.ma.getmaskarray(two), path + ".mask")
        self.same_array(one.filled(one.fill_value), two.filled(two.fill_value), path)

    # ── pandas ──

    def same_frame(self, one, two, path):
        if list(one.columns) != list(two.columns) and sorted(map(str, one.columns)) == sorted(map(str, two.columns)):
            pairs = enumerate(zip(one.columns, two.columns))
            number, (first, second) = next((at, pair) for at, pair in pairs if pair[0] != pair[1])
            raise Differs("%s.columns[%d]" % (path, number), brief(first), brief(second), column=str(first))
        self.same_index(one.columns, two.columns, path + ".columns")
        if len(one) != len(two):
            self.other_length(one, two, path)
        self.same_index(one.index, two.index, path + ".index")
        for position, column in enumerate(one.columns):
            place = "%s[%s]" % (path, brief(column))
            try:
                self.same_unless_time(column, one.iloc[:, position], two.iloc[:, position], place)
            except Differs as difference:
                difference.place["column"] = str(column)
                raise

    def other_length(self, one, two, path):
        shared = min(len(one), len(two))
        try:
            self.same(one.iloc[:shared], two.iloc[:shared], path)
        except Differs as difference:
            place = difference.place
            more, row, column = "; before that, %s" % difference, place["row"], place["column"]
        else:
            more, row, column = "; the first %d rows are the same" % shared, shared, None
        longer = one if len(one) > len(two) else two
        index = brief(longer.index[row]) if row is not None and row < len(longer) else None
        sides = ("%d rows" % len(one), "%d" % len(two))
        raise Differs(path, *sides, how="has", more=more, row=row, column=column, index=index)

    def same_series(self, one, two, path):
        self.same_dtype(one, two, path)
        if len(one) != len(two):
            self.other_length(one, two, path)
        self.same_index(one.index, two.index, path + ".index")
        self.same(one.name, two.name, path + ".name")
        try:
            self.same_values(one, two, path)
        except Differs as difference:
            row = difference.place["row"]
            if row is not None and not isinstance(one.index, self.pandas.RangeIndex):
                difference.place["index"] = brief(one.index[row])
            raise

    def same_dtype(self, one, two, path):
        # By name: pandas keeps the same `str` in pyarrow where that is installed, else in Python objects.
        types = [str(getattr(each, "dtype", None)) for each in (one, two)]
        if types[0] != types[1]:
            raise Differs(path, *types, how="has type")

    def same_index(self, one, two, path):
        if type(one) is not type(two):
            raise Differs(path, name_of(one), name_of(two))
        if len(one) != len(two):
            raise Differs(path, "%d entries" % len(one), "%d" % len(two), how="has")
        self.same_dtype(one, two, path)
        self.same(list(one.names), list(two.names), path + ".names")
        if not one.equals(two):
            self.same_values(one, two, path)

    def same_values(self, one, two, path):
        dtype = getattr(one, "dtype", None)
        categories = getattr(dtype, "categories", None)
        if categories is not None:
            self.same(list(categories), list(dtype.categories), path + ".categories")
            self.same(list(categories), list(two.dtype.categories), path + ".categories")
        first, second = one.to_numpy(), two.to_numpy()
        if first.dtype == object and first.dtype == second.dtype:
            isna = self.pandas.isna
            for number, (left, right) in enumerate(zip(first, second)):
                missing = (isna(left), isna(right)) if not hasattr(left, "__len__") else (False, False)
                if not (missing[0] is True and missing[1] is True):
                    try:
                        self.same(left, right, "%s[%d]" % (path, number))
                    except Differs as difference:
                        difference.place["row"] = number
                        raise
        else:
            self.same_array(first, second, path)

    # ── polars and arrow ──

    def same_polars(self, one, two, path):
        self.same(one.columns, two.columns, path + ".columns")
        for name in one.columns:
            try:
                self.same_polars_column(one[name], two[name], "%s[%r]" % (path, name))
            except Differs as difference:
                difference.place["column"] = name
                raise

    def same_polars_column(self, one, two, path):
        if one.dtype != two.dtype:
            raise Differs(path, str(one.dtype), str(two.dtype), how="has type")
        self.same_plain(one.name, two.name, path + ".name")
        self.same_listed(one.to_list(), two.to_list(), path)

    def same_arrow_table(self, one, two, path):
        if not one.schema.equals(two.schema):
            self.same(one.schema.names, two.schema.names, path + ".columns")
            for first, second in zip(one.schema, two.schema):
                self.same_plain(str(first.type), str(second.type), "%s[%r].type" % (path, first.name))
        for number, name in enumerate(one.schema.names):
            try:
                self.same_arrow_column(one.column(number), two.column(number), "%s[%r]" % (path, name))
            except Differs as difference:
                difference.place["column"] = name
                raise

    def same_arrow_column(self, one, two, path):
        if one.type != two.type:
            raise Differs(path, str(one.type), str(two.type), how="has type")
        if not one.equals(two):
            self.same_listed(one.to_pylist(), two.to_pylist(), path)

    def same_listed(self, one, two, path):
        for number, (first, second) in enumerate(zip(one, two)):
            try:
                self.same(first, second, "%s[%d]" % (path, number))
            except Differs as difference:
                difference.place["row"] = number
                raise
        if len(one) != len(two):
            raise Differs(path, "%d rows" % len(one), "%d" % len(two), how="has", row=min(len(one), len(two)))

    # ── models ──

    def same_tensor(self, one, two, path):
        for name in ("dtype", "shape", "device", "requires_grad", "layout"):
            first, second = getattr(one, name), getattr(two, name)
            if first != second:
                raise Differs("%s.%s" % (path, name), str(first), str(second))
        plain = [each.detach().cpu() for each in (one, two)]
        if plain[0].layout is not self.torch.strided:
            plain = [each.to_dense() for each in plain]
        if plain[0].dtype is self.torch.bfloat16:
            plain = [each.float() for each in plain]
        self.same_array(plain[0].resolve_conj().numpy(), plain[1].resolve_conj().numpy(), path)

    def same_network(self, one, two, path):
        self.same_plain(str(one), str(two), path + " as text")
        self.same_plain(one.training, two.training, path + ".training")
        self.same(dict(one.state_dict()), dict(two.state_dict()), path + ".state_dict()")

    def same_xgboost(self, one, two, path):
        import json

        trees = [json.loads(bytes(each.save_raw("json")).decode()) for each in (one, two)]
        self.same(trees[0], trees[1], path)

    def same_lightgbm(self, one, two, path):
        lines = [each.model_to_string().splitlines() for each in (one, two)]
        self.same(lines[0], lines[1], path + ".model_to_string()")

    def same_estimator(self, one, two, path):
        settings = one.get_params(deep=False), two.get_params(deep=False)
        self.same_attributes(settings[0], settings[1], path)
        learned = [{name: value for name, value in vars(each).items() if name not in settings[0]} for each in (one, two)]
        public = [{name: value for name, value in each.items() if name[:1] != "_" or name in DATA} for each in learned]
        private = [{name: value for name, value in each.items() if name[:1] == "_" and name not in DATA} for each in learned]
        self.same_attributes(public[0], public[1], path)
        try:
            self.same_attributes(private[0], private[1], path)
        except Differs as difference:
            raise DiffersInside(difference) from None

    # ── drawings, by what they were drawn from ──

    def same_drawing(self, one, two, path):
        if hasattr(one, "get_axes") and hasattr(one, "add_subplot"):
            self.same_axes(one.get_axes(), two.get_axes(), path + ".axes")
            return self.same(texts_of(one), texts_of(two), path + ".texts")
        if hasattr(one, "get_lines") and hasattr(one, "patches"):
            return self.same_axes([one], [two], path)
        parts = drawn_from(one)
        if not parts:
            raise CannotCompare("%s is a part of a drawing that holds no data" % name_of(one))
        self.same(parts, drawn_from(two), path)

    def same_axes(self, one, two, path):
        if len(one) != len(two):
            raise Differs(path, "%d" % len(one), "%d" % len(two), how="has")
        for number, (first, second) in enumerate(zip(one, two)):
            place = "%s[%d]" % (path, number)
            for kind in ("lines", "patches", "collections", "images", "texts"):
                parts = [list(getattr(each, kind)) for each in (first, second)]
                for at, pair in enumerate(zip(*parts)):
                    where = "%s.%s[%d]" % (place, kind, at)
                    self.same(name_of(pair[0]), name_of(pair[1]), where)
                    self.same(drawn_from(pair[0]), drawn_from(pair[1]), where)
                if len(parts[0]) != len(parts[1]):
                    raise Differs("%s.%s" % (place, kind), "%d" % len(parts[0]), "%d" % len(parts[1]), how="has")
            self.same(texts_of(first), texts_of(second), place + ".texts")

    # ── anything else ──

    def same_object(self, one, two, path):
        module = type(one).__module__.split(".")[0]
        if module in ("matplotlib", "mpl_toolkits"):
            return self.same_drawing(one, two, path)
        if module == "scipy" and hasattr(one, "tocoo"):
            return self.same_sparse(one, two, path)
        if hasattr(one, "get_params") and any(each.__module__ == "sklearn.base" for each in type(one).__mro__):
            return self.same_estimator(one, two, path)
        try:
            parts = one.__reduce_ex__(4), two.__reduce_ex__(4)
        except Exception as error:
            raise CannotCompare("%s cannot be looked into: %s" % (name_of(one), error)) from None
        if isinstance(parts[0], str):
            return self.same(parts[0], parts[1], path)
        self.same_reduced(parts[0], parts[1], path, type(one).__module__)

    def same_sparse(self, one, two, path):
        self.same(one.shape, two.shape, path + ".shape")
        if one.dtype != two.dtype:
            raise Differs(path, str(one.dtype), str(two.dtype), how="has type")
        sides = [each.tocsr(copy=True) for each in (one, two)]
        for each in sides:
            each.sum_duplicates()
        first, second = sides
        if self.numpy.array_equal(first.indptr, second.indptr) and self.numpy.array_equal(first.indices, second.indices):
            try:
                return self.same_array(first.data, second.data, path)
            except Differs:
                pass
        apart = (first != second).tocoo()
        for row, column in sorted(zip(apart.row.tolist(), apart.col.tolist())):
            place = "%s[%d, %d]" % (path, row, column)
            self.same_number(first[row, column].item(), second[row, column].item(), place, row=row, column=str(column))

    def same_reduced(self, one, two, path, module):
        self.same(one[1], two[1], path)
        first = one[2] if len(one) > 2 else None
        second = two[2] if len(two) > 2 else None
        if module.startswith("sklearn.neighbors._") and isinstance(first, tuple) and len(first) > 11:
            # How often the tree was asked is counted in it.
            first, second = first[:7] + first[11:], second[:7] + second[11:]
        if isinstance(first, dict) and isinstance(second, dict):
            self.same_attributes(first, second, path)
        else:
            self.same(first, second, path)
        for position in (3, 4):
            items = [
                list(each[position]) if len(each) > position and each[position] is not None else []
                for each in (one, two)
            ]
            self.same(items[0], items[1], path)

    def same_attributes(self, one, two, path):
        only = sorted(set(map(str, one)) ^ set(map(str, two)))
        if only:
            sides = ("a value", "none") if only[0] in set(map(str, one)) else ("none", "a value")
            raise Differs("%s.%s" % (path, only[0]), *sides, how="has")
        for key, value in one.items():
            self.same_unless_time(key, value, two[key], "%s.%s" % (path, key))


def alike(one, two):
    """Classes made while the code ran: each side has made its own of the same name and bases."""
    is_made = [getattr(sys.modules.get(each.__module__), each.__name__, None) is not each for each in (one, two)]
    names = [(each.__name__, [base.__name__ for base in each.__bases__]) for each in (one, two)]
    return all(is_made) and names[0] == names[1]


def drawn_from(artist):
    """The numbers, texts and colours an artist was made from."""
    found = {}
    for name in ("get_xydata", "get_offsets", "get_array", "get_segments", "get_text", "get_data", "get_extent"):
        ask = getattr(artist, name, None)
        if ask is None:
            continue
        try:
            value = ask()
        except Exception:
            continue
        if value is not None:
            found[name[4:]] = value
    paths = getattr(artist, "get_paths", None)
    if paths is not None and "segments" not in found:
        found["paths"] = [path.vertices for path in paths()]
    if hasattr(artist, "get_path") and hasattr(artist, "get_patch_transform"):
        found["outline"] = artist.get_patch_transform().transform(artist.get_path().vertices)
    for name in ("get_color", "get_facecolor", "get_label", "get_linestyle"):
        if found and hasattr(artist, name):
            value = getattr(artist, name)()
            # Labels that begin so are given by matplotlib, by a count.
            if not (name == "get_label" and str(value).startswith("_")):
                found[name[4:]] = value
    return found


def texts_of(part):
    """Titles, labels, limits and scales."""
    found = {}
    for name in ("get_title", "get_xlabel", "get_ylabel", "get_xscale", "get_yscale", "get_xlim", "get_ylim", "get_suptitle"):
        if hasattr(part, name):
            value = getattr(part, name)()
            found[name[4:]] = tuple(float(each) for each in value) if isinstance(value, tuple) else value
    legend = part.get_legend() if hasattr(part, "get_legend") else None
    if legend is not None:
        found["legend"] = [each.get_text() for each in legend.get_texts()]
    return found


def name_of(value):
    return type(value).__qualname__


def shown_shape(shape):
    return " × ".join(map(str, shape)) if shape else "one value"


def brief(value):
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
