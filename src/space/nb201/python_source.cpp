// Source of a network of NAS-Bench-201 as one would write it by hand. The names of its modules are
// those of the plan's tensors. Formatted as black formats.
#include <spdlog/fmt/fmt.h>

#include <string_view>

#include "cell.h"
#include "core/grouped.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

/// Everything that does not depend on the cell. Between the parts come the cell and the network.
constexpr std::string_view relu_conv_bn = R"(class ReLUConvBN(nn.Module):
    """Keeps height and width, but for the stride."""

    def __init__(self, channels_in, channels_out, kernel_size, stride=1):
        super().__init__()
        padding = kernel_size // 2
        self.op = nn.Sequential(
            nn.ReLU(),
            nn.Conv2d(
                channels_in, channels_out, kernel_size, stride, padding, bias=False
            ),
            nn.BatchNorm2d(channels_out),
        )

    def forward(self, x):
        return self.op(x)
)";

constexpr std::string_view reduction = R"(class Reduction(nn.Module):
    """Doubles the channels, halves height and width."""

    def __init__(self, channels):
        super().__init__()
        self.conv_a = ReLUConvBN(channels, 2 * channels, 3, stride=2)
        self.conv_b = ReLUConvBN(2 * channels, 2 * channels, 3)
        self.downsample = nn.Sequential(
            nn.AvgPool2d(2), nn.Conv2d(channels, 2 * channels, 1, bias=False)
        )

    def forward(self, x):
        return self.downsample(x) + self.conv_b(self.conv_a(x))
)";

/// Arguments: channels, cells of a stage, classes, parameters.
constexpr std::string_view network_template = R"(class Network(nn.Module):
    """Three stages of cells between a stem and a linear classifier.

    Takes images [N, 3, H, W], H and W multiples of 4; gives logits [N, classes].
    """

    # {3} parameters
    def __init__(self, channels={0}, cells={1}, classes={2}):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.cells = nn.Sequential(
            *(Cell(channels) for _ in range(cells)),
            Reduction(channels),
            *(Cell(2 * channels) for _ in range(cells)),
            Reduction(2 * channels),
            *(Cell(4 * channels) for _ in range(cells)),
        )
        self.lastact = nn.Sequential(nn.BatchNorm2d(4 * channels), nn.ReLU())
        self.classifier = nn.Linear(4 * channels, classes)

    def forward(self, images):
        features = self.lastact(self.cells(self.stem(images)))
        return self.classifier(features.mean(dim=(2, 3)))
)";

constexpr int last_node = nb201::node_count - 1;

/// The expression that constructs the layer of an operation; empty for those without one.
std::string layer_source(int operation) {
  switch (operation) {
    case NasBench201::nor_conv_1x1:
      return "ReLUConvBN(channels, channels, 1)";
    case NasBench201::nor_conv_3x3:
      return "ReLUConvBN(channels, channels, 3)";
    case NasBench201::avg_pool_3x3:
      return "nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)";
    default:
      return "";
  }
}

std::string node_name(int node) { return node == 0 ? "x" : fmt::format("node_{}", node); }

/// The sum that is the value of a node.
std::string node_source(const Genotype& cell, int node) {
  std::vector<std::string> terms;
  for (std::size_t e = 0; e < nb201::edges.size(); ++e) {
    if (nb201::edges[e].target != node || cell[e] == NasBench201::none) continue;
    const std::string source = node_name(nb201::edges[e].source);
    terms.push_back(cell[e] == NasBench201::skip_connect
                        ? source
                        : fmt::format("self.layers[\"{}\"]({})", e, source));
  }
  return terms.empty() ? "torch.zeros_like(x)" : join(terms, " + ");
}

/// Whether the network would change without the node: it has convolutions, which are trained even
/// if they lead nowhere, or a needed node reads it.
bool is_needed(const Genotype& cell, int node);

bool is_read(const Genotype& cell, int node) {
  for (std::size_t e = 0; e < nb201::edges.size(); ++e) {
    const nb201::Edge& edge = nb201::edges[e];
    if (edge.source == node && cell[e] != NasBench201::none && is_needed(cell, edge.target))
      return true;
  }
  return false;
}

bool is_needed(const Genotype& cell, int node) {
  if (node == last_node || is_read(cell, node)) return true;
  for (std::size_t e = 0; e < nb201::edges.size(); ++e) {
    if (nb201::edges[e].target == node && nb201::has_weights(cell[e])) return true;
  }
  return false;
}

std::string layers_source(const Genotype& cell) {
  std::string entries;
  for (std::size_t e = 0; e < nb201::edges.size(); ++e) {
    const std::string layer = layer_source(cell[e]);
    if (!layer.empty()) entries += fmt::format("                \"{}\": {},\n", e, layer);
  }
  if (entries.empty()) return "";
  return "        # By number of the edge; in order: 0->1, 0->2, 1->2, 0->3, 1->3, 2->3.\n"
         "        self.layers = nn.ModuleDict(\n"
         "            {\n" +
         entries +
         "            }\n"
         "        )\n";
}

std::string cell_source(const Genotype& cell) {
  std::string nodes;
  for (int node = 1; node < last_node; ++node) {
    const std::string value = node_source(cell, node);
    if (is_read(cell, node)) {
      nodes += fmt::format("        {} = {}\n", node_name(node), value);
    } else if (is_needed(cell, node)) {
      nodes +=
          fmt::format("        # Leads nowhere, but has running statistics.\n        {}\n", value);
    }
  }
  return fmt::format(
      "class Cell(nn.Module):\n"
      "    \"\"\"Sums of operations between four nodes; keeps the shape of its input.\"\"\"\n\n"
      "    def __init__(self, channels):\n"
      "        super().__init__()\n"
      "{}\n"
      "    def forward(self, x):\n"
      "{}"
      "        return {}\n",
      layers_source(cell), nodes, node_source(cell, last_node));
}

}  // namespace

std::optional<std::string> NasBench201::python_source(const Genotype& genotype) const {
  nb201::cells().require(genotype);
  return join({std::string(relu_conv_bn) + "\n", cell_source(genotype) + "\n",
               std::string(reduction) + "\n",
               fmt::format(network_template, macro_.channels, macro_.cells_per_stage,
                           macro_.classes, grouped(costs(genotype).params))},
              "\n");
}

}  // namespace wrcor
