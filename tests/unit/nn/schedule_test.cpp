#include "nn/schedule.h"

#include "space/plan_builder.h"
#include "support/catch.h"

namespace wrcor {
namespace {

/// images, then twice: batch norm, ReLU, convolution; each a block; then a sum of both blocks.
struct Chain {
  int images, norm_1, relu_1, conv_1, norm_2, relu_2, conv_2, total;
  NetworkPlan plan;
  std::vector<LayerAbilities> abilities;

  Chain() {
    PlanBuilder builder;
    images = builder.input({4, 8, 8});
    const auto convolve = [&](int from, int& norm, int& relu) {
      norm = builder.batch_norm(from, "norm");
      relu = builder.relu(norm, "relu");
      const int convolved = builder.convolution(relu, 4, PlanBuilder::Window::same(3), "conv");
      builder.end_block(convolved);
      return convolved;
    };
    conv_1 = convolve(images, norm_1, relu_1);
    conv_2 = convolve(conv_1, norm_2, relu_2);
    total = builder.sum({conv_1, conv_2}, "total");
    plan = std::move(builder).take();
    for (const Layer& layer : plan.layers) {
      abilities.push_back({.reads = {.output = layer.kind == LayerKind::relu,
                                     .statistics = layer.kind == LayerKind::batch_norm},
                           .fuses_relu = layer.kind == LayerKind::convolution,
                           .defers_scale = layer.kind == LayerKind::batch_norm,
                           .applies_scales = layer.kind == LayerKind::sum});
    }
  }

  std::vector<Interest> nothing() const { return std::vector<Interest>(plan.layers.size()); }

  Schedule schedule(const std::vector<Interest>& watched, const std::vector<SweepRequest>& sweeps,
                    Activations activations = Activations::kept) const {
    return Schedule(plan, abilities, watched, sweeps, activations);
  }
};

std::size_t at(int layer) { return static_cast<std::size_t>(layer); }

TEST_CASE("nothing is kept for a forward pass alone", "[nn][schedule]") {
  const Chain chain;
  const Schedule schedule = chain.schedule(chain.nothing(), {});
  for (std::size_t i = 0; i < chain.plan.layers.size(); ++i) {
    CHECK_FALSE(schedule.keeps_output(i, schedule.kept_segment()));
    CHECK_FALSE(schedule.keeps_statistics(i, schedule.kept_segment()));
  }
  CHECK(schedule.layer(at(chain.conv_1)).last_reader == chain.total);
  CHECK(schedule.layer(at(chain.total)).last_reader == -1);
  CHECK(schedule.layer(at(chain.relu_1)).fused);
}

TEST_CASE("a sweep computes gradients down to what is asked for, no further", "[nn][schedule]") {
  const Chain chain;
  SweepRequest request{chain.total, chain.nothing()};
  request.interests[at(chain.norm_2)].input_gradient = true;
  const Schedule schedule = chain.schedule(chain.nothing(), {request});
  REQUIRE(schedule.wanted(0));
  CHECK(schedule.gradients(0, at(chain.total)).inputs);
  CHECK(schedule.gradients(0, at(chain.norm_2)).inputs);
  CHECK(schedule.gradients(0, at(chain.norm_2)).shown);
  CHECK_FALSE(schedule.gradients(0, at(chain.conv_1)).output);
  CHECK_FALSE(schedule.gradients(0, at(chain.norm_1)).output);
  // What a fused ReLU passes is kept as a mask of the batch norm's output.
  CHECK(schedule.layer(at(chain.relu_2)).fused);
  CHECK(schedule.layer(at(chain.norm_2)).keep_relu_mask);
  CHECK(schedule.layer(at(chain.norm_2)).keep_statistics);
  CHECK_FALSE(schedule.layer(at(chain.norm_2)).keep_output);
  CHECK_FALSE(schedule.layer(at(chain.norm_1)).keep_statistics);

  const Schedule idle = chain.schedule(chain.nothing(), {{chain.total, chain.nothing()}});
  CHECK_FALSE(idle.wanted(0));
}

TEST_CASE("a ReLU that somebody looks at is not fused", "[nn][schedule]") {
  const Chain chain;
  std::vector<Interest> watched = chain.nothing();
  watched[at(chain.relu_1)].output = true;
  CHECK_FALSE(chain.schedule(watched, {}).layer(at(chain.relu_1)).fused);
  watched = chain.nothing();
  watched[at(chain.conv_1)].input_gradient = true;
  CHECK_FALSE(chain.schedule(watched, {}).layer(at(chain.relu_1)).fused);
  // Where a sweep starts from it, its output is needed.
  CHECK_FALSE(chain.schedule(chain.nothing(), {{chain.relu_1, chain.nothing()}})
                  .layer(at(chain.relu_1))
                  .fused);
  // Without fusion, the sweep reads what the ReLU read.
  SweepRequest request{chain.total, chain.nothing()};
  request.interests[at(chain.images)].output_gradient = true;
  request.interests[at(chain.relu_1)].output_gradient = true;
  const Schedule schedule = chain.schedule(chain.nothing(), {request});
  CHECK(schedule.layer(at(chain.norm_1)).keep_output);
  CHECK_FALSE(schedule.layer(at(chain.norm_1)).keep_relu_mask);
}

TEST_CASE("a weight gradient reads what is in front of a ReLU", "[nn][schedule]") {
  const Chain chain;
  CHECK(weight_gradient_source(chain.plan, chain.plan.layers[at(chain.conv_1)]) == chain.norm_1);
  SweepRequest request{chain.total, chain.nothing()};
  request.interests[at(chain.conv_1)].weight_gradient = true;
  const Schedule schedule = chain.schedule(chain.nothing(), {request});
  CHECK(schedule.layer(at(chain.norm_1)).keep_output);
  CHECK(schedule.gradients(0, at(chain.conv_1)).weight);
  CHECK_FALSE(schedule.gradients(0, at(chain.conv_1)).inputs);
}

TEST_CASE("recomputed activations lie between the blocks only", "[nn][schedule]") {
  const Chain chain;
  SweepRequest request{chain.total, chain.nothing()};
  request.interests[at(chain.images)].output_gradient = true;
  const Schedule schedule = chain.schedule(chain.nothing(), {request}, Activations::recomputed);
  REQUIRE(schedule.segments().size() == 3);
  CHECK_FALSE(schedule.kept_segment());
  for (std::size_t i = 0; i < chain.plan.layers.size(); ++i) {
    const auto layer = static_cast<int>(i);
    const bool between = layer == chain.images || layer == chain.conv_1 || layer == chain.conv_2 ||
                         layer == chain.total;
    CHECK(schedule.keeps_output(i, {}) == between);
    CHECK_FALSE(schedule.keeps_statistics(i, {}));
  }
  CHECK(schedule.keeps_statistics(at(chain.norm_2), schedule.layer(at(chain.norm_2)).segment));
}

TEST_CASE("a batch norm leaves its scale to its readers where all of them apply it",
          "[nn][schedule]") {
  PlanBuilder builder;
  const int images = builder.input({4, 8, 8});
  const int summed = builder.batch_norm(images, "summed");
  const int read = builder.batch_norm(images, "read");
  const int relu = builder.relu(read, "relu");
  builder.sum({summed, read, relu}, "total");
  const NetworkPlan plan = std::move(builder).take();
  std::vector<LayerAbilities> abilities(plan.layers.size());
  abilities[at(summed)].defers_scale = abilities[at(read)].defers_scale = true;
  abilities.back().applies_scales = true;
  std::vector<Interest> watched(plan.layers.size());
  const auto deferred = [&](int layer) {
    return Schedule(plan, abilities, watched, {}, Activations::kept).layer(at(layer)).deferred;
  };
  CHECK(deferred(summed));
  CHECK_FALSE(deferred(read));
  watched[at(summed)].output = true;
  CHECK_FALSE(deferred(summed));
}

}  // namespace
}  // namespace wrcor
