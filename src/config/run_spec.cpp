#include "wrcor/config/run_spec.h"

#include "config/chosen_data.h"
#include "config/cost_limits.h"
#include "config/proxy_choice.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"
#include "wrcor/space/builtin.h"

namespace wrcor {
namespace {

SearchSpec search_spec(const Config& config, const SearchSpace& space, const Seeds& seeds) {
  const Config::Search& search = config.search;
  SearchSpec spec{.strategy = search.strategy,
                  .options = {.values = search.options, .dedupe = search.dedupe},
                  .limits = cost_limits(config, space),
                  .minimize = parse_cost_names(search.minimize),
                  .budget = search.budget,
                  .window = search.window,
                  .seed = seeds.search,
                  .shard = Shard::parse(search.shard)};
  if (spec.shard.is_part() && spec.make_strategy(space)->learns()) {
    throw UsageError(
        "search.shard: expected a strategy that does not learn from outcomes, which other shards "
        "do not see; got " +
        in_quotes(search.strategy) + "; choose random or exhaustive, or leave the shard out");
  }
  return spec;
}

std::shared_ptr<const SearchSpace> sized_space(const Config& config, const DatasetInfo& data,
                                               const ImageSize& image) {
  return make_space(config.space, {{data.image.channels, image.height, image.width}, data.classes});
}

}  // namespace

RunSpec resolve(const Config& config) { return resolve(config, dataset_info(config)); }

RunSpec resolve(const Config& config, const DatasetInfo& data) {
  const Seeds seeds = seeds_of(config.run.seed);
  RunSpec spec{.config = config,
               .data = data,
               .space = sized_space(config, data, {data.image.height, data.image.width}),
               .rule = ranking_rule(config),
               .proxies = effective_proxies(config),
               .seeds = seeds,
               .search = {}};
  spec.search = search_spec(config, *spec.space, seeds);
  return spec;
}

std::shared_ptr<const SearchSpace> space_for(const RunSpec& spec, const ImageSize& image) {
  if (image.height == spec.data.image.height && image.width == spec.data.image.width)
    return spec.space;
  return sized_space(spec.config, spec.data, image);
}

}  // namespace wrcor
