/** What methods of objects do, by their names: the vocabulary of Python, numpy, pandas, scikit-learn and torch. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** Change the object they are called on. */
export const MUTATING: ReadonlySet<string> = words(
  'append extend insert remove pop clear sort reverse add discard update setdefault popitem appendleft popleft ' +
    'extendleft rotate intersection_update difference_update symmetric_difference_update subtract __setitem__ ' +
    '__delitem__ __setattr__ ' +
    'fit partial_fit fit_transform fit_predict fit_resample set_params set_config set_output ' +
    'fill itemset resize setfield setflags put partition byteswap shuffle seed set_state setstate ' +
    'set_index_inplace write writelines writerow writerows close flush seek truncate read readline readlines ' +
    'execute executemany commit rollback fetchone fetchall fetchmany send throw acquire release ' +
    'train eval zero_grad step backward load_state_dict add_module register_buffer register_parameter ' +
    'requires_grad_ zero_ add_ sub_ mul_ div_ copy_ fill_ clamp_ normal_ uniform_ ' +
    'compile fit_generator train_on_batch set_weights load_weights build save_state ' +
    'add_argument add_subplot add_axes set_title set_xlabel set_ylabel set_xlim set_ylim set_xticks set_yticks ' +
    'set_xticklabels set_yticklabels set_aspect legend ' +
    'put_nowait get_nowait push add_node add_edge add_nodes_from add_edges_from remove_node remove_edge',
);

/** Read only; what they give is new. */
export const PURE: ReadonlySet<string> = words(
  'copy head tail sample describe info mean median std var min max sum prod count nunique unique value_counts ' +
    'quantile corr cov cumsum cumprod cummax cummin diff pct_change rolling expanding ewm groupby agg aggregate apply ' +
    'applymap map transform pipe pivot pivot_table melt merge join concat assign astype round abs clip isna isnull ' +
    'notna notnull isin between duplicated drop_duplicates dropna fillna replace rename reset_index set_index ' +
    'sort_values sort_index nlargest nsmallest query where mask drop select_dtypes to_numpy to_dict to_list tolist ' +
    'to_frame to_string to_html to_markdown to_records items keys values iterrows itertuples iteritems ' +
    'memory_usage equals any all idxmax idxmin argmax argmin argsort nonzero dot flatten cumall mode rank shift ' +
    'resample to_period to_timestamp stack unstack explode crosstab get_dummies interpolate bfill ffill ' +
    'predict predict_proba predict_log_proba decision_function score score_samples transform inverse_transform ' +
    'get_params get_feature_names get_feature_names_out get_support kneighbors apply decision_path ' +
    'get_n_leaves get_depth cost_complexity_pruning_path staged_predict staged_score ' +
    'index find rfind split rsplit splitlines join strip lstrip rstrip upper lower title capitalize format ' +
    'startswith endswith encode decode isdigit isalpha isnumeric zfill ljust rjust center ' +
    'get difference union intersection issubset issuperset symmetric_difference most_common elements ' +
    'tobytes tostring item conj conjugate trace searchsorted ptp ' +
    'plot hist boxplot scatter bar barh line area pie kde density hexbin ' +
    'strftime isoformat timestamp total_seconds weekday date time year month day ' +
    'exists is_file is_dir joinpath with_suffix with_name resolve absolute relative_to as_posix glob rglob iterdir ' +
    'mkdir read_text read_bytes write_text write_bytes touch unlink rmdir expanduser ' +
    'to_csv to_parquet to_pickle to_excel to_json to_feather to_hdf to_sql to_latex savefig tofile ' +
    'state_dict parameters named_parameters children modules numpy detach cpu item size dim numel ' +
    'evaluate summary get_weights to_json get_config show display ' +
    'isoweekday isnull_sum lower_bound evalf subs diff simplify expand nodes edges degree neighbors',
);

/** Give a view or a part of the object, so a change of the result may change it. */
export const VIEWING: ReadonlySet<string> = words(
  'get items keys values reshape ravel view transpose squeeze swapaxes diagonal __getitem__ __iter__ iterrows ' +
    'parameters named_parameters children modules state_dict detach numpy cpu flat iter named_steps groupby rolling',
);

/** Give the object itself. */
export const RETURNS_SELF: ReadonlySet<string> = words(
  'fit partial_fit set_params set_output train eval to cuda cpu requires_grad_ zero_ add_ mul_ __enter__ __iter__ ' +
    'fill_ copy_ compile_model',
);

/** Keep their arguments inside the object. */
export const KEEPING: ReadonlySet<string> = words(
  'append extend insert add update setdefault appendleft extendleft put push add_module register_buffer ' +
    '__setitem__ set_params',
);

/** Attributes that are values of their own, not parts. */
export const SCALAR_ATTRIBUTES: ReadonlySet<string> = words(
  'shape size ndim dtype dtypes __name__ __version__ __class__ nbytes itemsize name empty is_leaf device',
);

export const WRITES_FILE: ReadonlySet<string> = words(
  'to_csv to_parquet to_pickle to_excel to_json to_feather to_hdf to_latex to_html to_markdown to_stata to_orc ' +
    'savefig tofile write_text write_bytes write_parquet write_csv write_json write_ipc write_image write_html save save_model ' +
    'save_weights save_pretrained touch dump',
);

/** Return text instead of writing when no path is given. */
export const WRITES_ONLY_WITH_PATH: ReadonlySet<string> = words(
  'to_csv to_json to_latex to_html to_markdown save dump',
);

export const READS_FILE: ReadonlySet<string> = words(
  'read_text read_bytes load_weights load_model load_state',
);

/** Estimators draw from the random stream when these run, unless they were given a seed. */
export const DRAWING: ReadonlySet<string> = words(
  'fit fit_transform fit_predict partial_fit split sample fit_resample',
);
