// Operations of a batch that wait to be sent together. When one of them fails, those behind it that succeeded
// are taken back, so that the state is as if the batch had stopped there.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include <vethwork/apply/kernel.hpp>

#include "ip/batch_memory.hpp"

namespace vethwork::app {

enum class AfterError { stop, go_on };

class BatchWindow {
public:
    BatchWindow(AfterError after_error, std::function<void(Error const&, int line)> complain);

    /// Whether the operation may wait behind others: what it does can be taken back exactly, or need not be.
    /// One that cannot may only be the first of a window: nothing before it can fail any more.
    [[nodiscard]] bool takes(plan::Operation const& operation);
    /// Behind those that wait; a caller that was told that it does not take the operation has drained them.
    void add(plan::Operation operation, int line);
    [[nodiscard]] bool full() const { return operations_.size() >= most; }
    [[nodiscard]] bool empty() const { return operations_.empty(); }
    /// Carries out what waits and complains of what fails; false where the batch must stop.
    bool drain(apply::Kernel& kernel);
    [[nodiscard]] bool failed() const { return failed_; }

private:
    static constexpr std::size_t most = 128;
    [[nodiscard]] bool judge(apply::Kernel& kernel, std::span<Result<> const> outcomes);
    /// Those behind `failed` that have succeeded.
    void take_back(apply::Kernel& kernel, std::size_t failed, std::span<Result<> const> outcomes);

    AfterError after_error_;
    std::function<void(Error const&, int line)> complain_;
    std::vector<plan::Operation> operations_;
    std::vector<int> lines_;
    std::vector<std::optional<plan::Operation>> inverses_;  ///< those that only the memory knows
    std::optional<BatchMemory::Answer> offered_;            ///< about what was offered last, where asked for
    BatchMemory memory_;
    bool failed_ = false;
};

}  // namespace vethwork::app
