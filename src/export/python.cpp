#include <spdlog/fmt/fmt.h>

#include "core/grouped.h"
#include "internal/contents.h"
#include "internal/plan_source.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

std::string docstring(const ExportedNetwork& network) {
  const SearchSpace& space = network.space;
  const Costs costs = space.costs(network.genotype);
  const FeatureShape image = space.input().image;
  std::string remarks;
  for (const std::string& remark : network.remarks) remarks += remark + "\n";
  return fmt::format(
      "\"\"\"A network of {}.\n\n"
      "    {}\n\n"
      "{}"
      "{} parameters; {} multiply-accumulates an image of {}x{} pixels.\n\n"
      "    network = Network()\n"
      "    network.load_state_dict(torch.load(\"weights.pt\"))\n"
      "\"\"\"\n",
      space.title(), space.format(network.genotype), remarks, grouped(costs.params),
      grouped(costs.flops), image.height, image.width);
}

}  // namespace

std::string python_module(const ExportedNetwork& network) {
  const SearchSpace& space = network.space;
  const auto by_hand = space.python_source(network.genotype);
  const std::string source =
      by_hand ? *by_hand : plan_source(space.plan(network.genotype), space.input().classes);
  return join({docstring(network), "import torch\nfrom torch import nn\n\n", source}, "\n");
}

}  // namespace wrcor
