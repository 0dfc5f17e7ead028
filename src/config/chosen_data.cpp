#include "config/chosen_data.h"

#include "wrcor/data/builtin.h"
#include "wrcor/data/image_file.h"

namespace wrcor {

DatasetOptions dataset_options(const Config& config) {
  return {config.data.root, parse_image_size(config.data.image_size)};
}

DatasetInfo dataset_info(const Config& config, std::optional<int> classes) {
  DatasetOptions options = dataset_options(config);
  options.classes = classes;
  return datasets().find(config.data.name).value.info(options);
}

}  // namespace wrcor
