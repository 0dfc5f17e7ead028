#include "nats_sss.h"

#include <charconv>
#include <utility>
#include <vector>

#include "space/cell/cell_drawing_graph.h"
#include "space/cell/cell_network.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

constexpr int step = 8;  // of the widths, which start with it

/// |nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|
const std::vector<CellEdge>& cell_edges() {
  static const std::vector<CellEdge> edges = [] {
    const CellOperation& skip = nas_bench_201_operations()[1];
    const CellOperation& convolution = nas_bench_201_operations()[3];
    return std::vector<CellEdge>{{0, 1, convolution}, {0, 2, convolution}, {1, 2, convolution},
                                 {0, 3, skip},        {1, 3, convolution}, {2, 3, convolution}};
  }();
  return edges;
}
constexpr int node_count = 4;

/// Weights of convolutions and coefficients of batch norms.
struct Sums {
  std::int64_t weights = 0;
  std::int64_t coefficients = 0;

  friend Sums operator+(Sums a, Sums b) {
    return {a.weights + b.weights, a.coefficients + b.coefficients};
  }
  friend Sums operator*(std::int64_t n, Sums a) { return {n * a.weights, n * a.coefficients}; }
};

Sums cell_sums(std::int64_t in, std::int64_t out) {
  Sums sums{18 * in * out + 27 * out * out, 10 * out};
  if (in != out) sums = sums + Sums{in * out, 2 * out};
  return sums;
}

Sums reduction_sums(std::int64_t in, std::int64_t out) {
  return {10 * in * out + 9 * out * out, 4 * out};
}

void require_sizes(int cells_per_stage, const NetworkInput& input) {
  const auto at_least_one = [](const char* what, int value) {
    if (value >= 1) return;
    throw UsageError("nats_sss: " + std::string(what) + ": expected at least 1, got " +
                     std::to_string(value));
  };
  at_least_one("cells", cells_per_stage);
  at_least_one("classes", input.classes);
  const auto multiple_of_four = [](const char* what, int value) {
    if (value >= 4 && value % 4 == 0) return;
    throw UsageError(
        "nats_sss: " + std::string(what) +
        " of the images: expected a multiple of 4 (the network halves it twice), got " +
        std::to_string(value));
  };
  multiple_of_four("height", input.image.height);
  multiple_of_four("width", input.image.width);
}

/// Reads one text; every error says where it stands.
class Reader {
 public:
  explicit Reader(std::string_view text)
      : text_(text.substr(0, text.find_last_not_of(white_space) + 1)),
        position_(std::min(text_.find_first_not_of(white_space), text_.size())) {}

  Genotype read() {
    Genotype genotype;
    for (int k = 0; k < NatsSss::width_count; ++k) {
      if (k > 0) {
        if (position_ == text_.size() || text_[position_] != ':')
          fail(position_, "':' and width " + std::to_string(k + 1) + " of 5");
        ++position_;
      }
      genotype.push_back(choice());
    }
    if (position_ < text_.size()) fail(position_, "the end of the text after the fifth width");
    return genotype;
  }

 private:
  static constexpr std::string_view white_space = " \t\r\n\f\v";

  int choice() {
    const std::size_t end =
        std::min(text_.find_first_not_of("0123456789", position_), text_.size());
    const std::string_view digits = text_.substr(position_, end - position_);
    for (int choice = 0; choice < NatsSss::choice_count; ++choice) {
      if (digits == std::to_string(step * (choice + 1))) {
        position_ = end;
        return choice;
      }
    }
    fail(position_, "one of the widths 8, 16, 24, 32, 40, 48, 56, 64");
  }

  [[noreturn]] void fail(std::size_t position, const std::string& expected) const {
    throw UsageError(
        "nats_sss widths: at byte " + std::to_string(position) + ": found " +
        (position == text_.size() ? "the end of the text" : in_quotes(text_.substr(position))) +
        ", expected " + expected);
  }

  std::string_view text_;
  std::size_t position_;
};

}  // namespace

NatsSss::NatsSss(int cells_per_stage, const NetworkInput& input)
    : cells_per_stage_(cells_per_stage), input_(input) {
  require_sizes(cells_per_stage, input);
}

std::string NatsSss::title() const {
  return "the size space of NATS-Bench (Dong et al., arXiv 2009.00437)";
}

const std::vector<Decision>& NatsSss::decisions() const {
  static const std::vector<Decision> decisions = [] {
    std::vector<std::string> widths;
    for (int choice = 1; choice <= choice_count; ++choice)
      widths.push_back(std::to_string(step * choice));
    std::vector<Decision> all;
    for (int k = 0; k < width_count; ++k) all.push_back({"width " + std::to_string(k), widths});
    return all;
  }();
  return decisions;
}

Genotype NatsSss::at(std::uint64_t index) const {
  if (index >= network_count)
    throw UsageError("nats_sss: index " + std::to_string(index) + " is outside 0 .. 32767");
  Genotype genotype(width_count);
  for (int k = width_count; k-- > 0; index /= choice_count)
    genotype[static_cast<std::size_t>(k)] = static_cast<int>(index % choice_count);
  return genotype;
}

std::uint64_t NatsSss::index(const Genotype& genotype) const {
  require_choices(genotype);
  std::uint64_t index = 0;
  for (const int choice : genotype)
    index = index * choice_count + static_cast<std::uint64_t>(choice);
  return index;
}

Genotype NatsSss::parse(std::string_view text) const { return Reader(text).read(); }

std::string NatsSss::format(const Genotype& genotype) const {
  std::string text;
  for (const int width : widths(genotype))
    text += (text.empty() ? "" : ":") + std::to_string(width);
  return text;
}

std::array<int, NatsSss::width_count> NatsSss::widths(const Genotype& genotype) const {
  require_choices(genotype);
  std::array<int, width_count> widths{};
  for (std::size_t k = 0; k < width_count; ++k) widths[k] = step * (genotype[k] + 1);
  return widths;
}

Portrait NatsSss::portrait(const Genotype& genotype) const {
  const auto width = widths(genotype);
  const auto size = [&](int halvings) {
    return std::to_string(input_.image.height >> halvings) + "x" +
           std::to_string(input_.image.width >> halvings);
  };
  const auto row = [&](const char* part, int in, int out, int halvings) {
    return std::vector<std::string>{part, std::to_string(in), std::to_string(out), size(halvings)};
  };
  Portrait portrait;
  portrait.numbers = {{"id", "id", index(genotype), true},
                      {"index", "index", index(genotype), true}};
  portrait.graph = cell_drawing_graph(cell_edges(), node_count, nas_bench_201_operations());
  portrait.parts = Portrait::Parts{
      .columns = {"part", "channels in", "channels out", "size"},
      .rows = {row("stem", input_.image.channels, width[0], 0), row("cells", width[0], width[0], 0),
               row("reduction", width[0], width[1], 1), row("cells", width[1], width[2], 1),
               row("reduction", width[2], width[3], 2), row("cells", width[3], width[4], 2)}};
  return portrait;
}

Costs NatsSss::costs(const Genotype& genotype) const {
  const auto c = widths(genotype);
  const std::int64_t area = std::int64_t{input_.image.height} * input_.image.width;
  const std::int64_t classes = input_.classes, further_cells = cells_per_stage_ - 1;
  const auto stage = [&](std::int64_t in, std::int64_t out) {
    return cell_sums(in, out) + further_cells * cell_sums(out, out);
  };
  const Sums full = Sums{27 * c[0], 2 * c[0]} + stage(c[0], c[0]);
  const Sums half = reduction_sums(c[0], c[1]) + stage(c[1], c[2]);
  const Sums quarter = reduction_sums(c[2], c[3]) + stage(c[3], c[4]);
  const Sums all = full + half + quarter;
  return {.params = all.weights + all.coefficients + 2 * c[4] + c[4] * classes + classes,
          .flops = area * full.weights + area / 4 * half.weights + area / 16 * quarter.weights +
                   c[4] * classes};
}

NetworkPlan NatsSss::plan(const Genotype& genotype) const {
  const auto c = widths(genotype);
  CellNetwork network(input_.image, c[0]);
  const auto add_cells = [&](int channels) {
    for (int k = 0; k < cells_per_stage_; ++k) network.add_cell(cell_edges(), node_count, channels);
  };
  add_cells(c[0]);
  network.add_reduction(c[1]);
  add_cells(c[2]);
  network.add_reduction(c[3]);
  add_cells(c[4]);
  return std::move(network).finish(input_.classes);
}

SpaceFamily nats_sss_family() {
  return {.options = {{"cells", "cells in each stage", 1, 300, 1}},
          .make = [](const SpaceOptions& options, const NetworkInput& input) {
            return std::make_unique<NatsSss>(static_cast<int>(options.at("cells")), input);
          }};
}

}  // namespace wrcor
