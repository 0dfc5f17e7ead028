#include "wrcor/config/run_spec.h"

#include "config/chosen_data.h"
#include "config/cost_limits.h"
#include "config/proxy_choice.h"
#include "wrcor/space/builtin.h"

namespace wrcor {
namespace {

SearchSpec search_spec(const Config& config, const SearchSpace& space, const Seeds& seeds) {
  const Config::Search& search = config.search;
  return {.strategy = search.strategy,
          .options = {.values = search.options, .dedupe = search.dedupe},
          .limits = cost_limits(config, space),
          .minimize = parse_cost_names(search.minimize),
          .budget = search.budget,
          .window = search.window,
          .seed = seeds.search};
}

std::shared_ptr<const SearchSpace> sized_space(const Config& config, const DatasetInfo& data,
                                               const ImageSize& image) {
  return make_space(config.space, {{data.image.channels, image.height, image.width}, data.classes});
}

}  // namespace

RunSpec resolve(const Config& config) {
  const Seeds seeds = seeds_of(config.run.seed);
  const DatasetInfo data = dataset_info(config);
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
