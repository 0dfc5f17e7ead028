// The files that a model hub expects in a folder besides the weights, and the source that loads
// them.
#include <spdlog/fmt/fmt.h>

#include "core/grouped.h"
#include "core/schema_version.h"
#include "export/folder_names.h"
#include "internal/contents.h"
#include "wrcor/core/version.h"

namespace wrcor {
namespace {

std::string configuration(const ExportedNetwork& network) {
  const NetworkInput input = network.space.input();
  const Costs costs = network.space.costs(network.genotype);
  const nlohmann::ordered_json document{{"schema_version", schema_version::model},
                                        {"tool", {{"name", "wrcor"}, {"version", version}}},
                                        {"architectures", {"Network"}},
                                        {"space", network.space_settings},
                                        {"arch", network.space.format(network.genotype)},
                                        {"input",
                                         {{"channels", input.image.channels},
                                          {"height", input.image.height},
                                          {"width", input.image.width}}},
                                        {"classes", input.classes},
                                        {"params", costs.params},
                                        {"flops", costs.flops},
                                        {"weights", network.origin_of_weights}};
  return document.dump(2) + "\n";
}

std::string card(const ExportedNetwork& network) {
  const SearchSpace& space = network.space;
  const auto [image, classes] = space.input();
  const Costs costs = space.costs(network.genotype);
  std::string remarks;
  for (const std::string& remark : network.remarks) remarks += remark + "\n";
  return fmt::format(
      R"(---
library_name: pytorch
pipeline_tag: image-classification
tags:
- image-classification
- neural-architecture-search
- wrcor
---

# A network of {title}

    {arch}

{remarks}{params} parameters; {flops} multiply-accumulates an image of {height}x{width} pixels; {classes} classes.

{weights}

## Use

```python
from safetensors.torch import load_file

from network import Network

network = Network()
network.load_state_dict(load_file("{file}"))
network.eval()
logits = network(images)  # [N, {channels}, {height}, {width}] -> [N, {classes}]
```

`network.py` needs PyTorch alone; `config.json` says what the network is made for. Images are normalised as those that the
weights belong to.
)",
      fmt::arg("title", space.title()), fmt::arg("arch", space.format(network.genotype)),
      fmt::arg("remarks", remarks), fmt::arg("params", grouped(costs.params)),
      fmt::arg("flops", grouped(costs.flops)), fmt::arg("height", image.height),
      fmt::arg("width", image.width), fmt::arg("channels", image.channels),
      fmt::arg("classes", classes), fmt::arg("weights", network.origin_of_weights),
      fmt::arg("file", model_folder::weights));
}

}  // namespace

std::vector<ExportedFile> model_folder_files(const ExportedNetwork& network) {
  return {{model_folder::configuration, configuration(network)},
          {model_folder::card, card(network)},
          {model_folder::source, python_module(network)}};
}

}  // namespace wrcor
