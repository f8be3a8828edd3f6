/** What well-known methods do to the object they are called on. */
const words = (text: string) => new Set(text.split(/\s+/));

/** Change it in place. */
const MUTATING = words(
  `append extend insert remove clear sort reverse update setdefault add discard fit fit_transform fit_predict
   partial_fit fit_resample popitem appendleft extendleft popleft rotate set_params set_index_inplace resize fill put itemset
   setflags setfield partition byteswap shuffle write writelines writerow writerows seek truncate load_state_dict compile
   load_weights train eval zero_grad step backward set_xlabel set_ylabel set_title set_xlim set_ylim set_xticks set_yticks
   set_data difference_update intersection_update symmetric_difference_update drop_inplace`,
);

/** May change it: an iterator moves on, a container gives one away. */
const MAYBE = words('pop next send close read readline readlines predict_next');

/** Leave it as it is and give something that may share its memory. */
const SHARING = words(
  `items keys values get reshape ravel view squeeze transpose swapaxes T iloc loc at iat groupby rolling resample
   expanding ewm to_frame iterrows itertuples get_group as_matrix to_numpy diagonal split named_steps get_params
   set_axis rename_axis`,
);

/** Leave it as it is and give something new. */
const COPYING = words(
  `copy head tail describe info mean sum min max std var median mode count nunique unique value_counts isna isnull notna
   notnull fillna dropna drop drop_duplicates merge join concat assign apply map applymap agg aggregate transform pivot
   pivot_table melt stack unstack sort_values sort_index reset_index set_index rename astype to_csv to_json to_parquet
   to_excel to_sql to_pickle to_dict to_list tolist to_string to_html to_markdown sample nlargest nsmallest corr cov
   quantile cumsum cumprod diff shift pct_change clip round abs isin between where mask query eval_ filter select_dtypes
   memory_usage duplicated idxmax idxmin argmax argmin argsort any all dot plot hist boxplot bar barh scatter line area
   predict predict_proba predict_log_proba decision_function score score_samples apply_ inverse_transform
   get_feature_names_out cv_results_ kneighbors cost_complexity_pruning_path staged_predict summary
   strip split rsplit lower upper title replace format join startswith endswith find index encode decode splitlines
   zfill isdigit capitalize lstrip rstrip partition_ union intersection difference issubset issuperset most_common
   flatten repeat take nonzero searchsorted trace conj sorted toarray todense tocsr tocsc item exists is_file is_dir
   iterdir glob rglob mkdir joinpath with_suffix read_text read_bytes total_seconds strftime isoformat date time
   show savefig tight_layout legend grid annotate text subplots_adjust figure evaluate get_weights state_dict
   numpy cpu detach size dim float int long parameters named_parameters`,
);

export const isMutating = (name: string): boolean => MUTATING.has(name);
export const isPure = (name: string): boolean =>
  COPYING.has(name) ||
  SHARING.has(name) ||
  (!MAYBE.has(name) && /^(get_|is_|to_|has_|as_)/.test(name));
export const isCopying = (name: string): boolean => !SHARING.has(name);
