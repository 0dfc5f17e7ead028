#include "core/worker_pool.h"

#include <string>
#include <system_error>

#include "wrcor/core/error.h"

namespace wrcor {

WorkerPool::WorkerPool(int workers, const std::function<void()>& prepare) {
  try {
    for (int i = 0; i < workers; ++i) threads_.emplace_back([this, prepare] { work(prepare); });
  } catch (const std::system_error& failure) {
    stop();
    throw RunError("cannot start " + std::to_string(workers) + " workers: " + failure.what() +
                   "; lower --workers");
  }
}

WorkerPool::~WorkerPool() { stop(); }

void WorkerPool::drop() {
  const std::lock_guard lock(mutex_);
  tasks_.clear();
}

void WorkerPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    tasks_.clear();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WorkerPool::enqueue(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void WorkerPool::work(const std::function<void()>& prepare) {
  prepare();
  for (;;) {
    std::function<void()> task;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return closing_ || !tasks_.empty(); });
      if (closing_) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace wrcor
