#include <vethwork/apply/linux_kernel.hpp>

#include <vethwork/apply/encode.hpp>
#include <vethwork/apply/namespace.hpp>

namespace vethwork::apply {

namespace {

/// Whether names may stand for other links afterwards.
bool changes_names(plan::Operation const& operation) {
    return std::holds_alternative<plan::AddLink>(operation) ||
           std::holds_alternative<plan::ChangeLink>(operation) ||
           std::holds_alternative<plan::DeleteLink>(operation);
}

}  // namespace

Result<> LinuxKernel::perform(plan::Operation const& operation) {
    if (goes_to_files(operation)) return carry_out_any(operation);
    auto message = TRY(encode_any(operation, resolver_));
    auto done = connection_->request(std::move(message));
    if (changes_names(operation)) resolver_.forget();
    return done;
}

std::vector<Result<>> LinuxKernel::perform_all(std::span<plan::Operation const> operations) {
    std::vector<Result<>> outcomes(operations.size());
    std::vector<netlink::MessageWriter> waiting;
    std::vector<std::size_t> places;
    auto const flush = [&] {
        auto sent = connection_->transact(waiting);
        for (std::size_t i = 0; i < sent.size(); ++i) outcomes[places[i]] = std::move(sent[i]);
        waiting.clear();
        places.clear();
    };
    for (std::size_t i = 0; i < operations.size(); ++i) {
        if (goes_to_files(operations[i])) {
            flush();
            outcomes[i] = carry_out_any(operations[i]);
            continue;
        }
        auto message = encode_any(operations[i], resolver_);
        if (!message && !waiting.empty()) {
            // The link it speaks of may be one that still waits to be made.
            flush();
            resolver_.forget();
            message = encode_any(operations[i], resolver_);
        }
        if (!message) {
            outcomes[i] = std::move(message).error();
            continue;
        }
        waiting.push_back(std::move(*message));
        places.push_back(i);
        if (changes_names(operations[i]) && !std::holds_alternative<plan::AddLink>(operations[i])) {
            flush();
            resolver_.forget();
        }
    }
    if (!waiting.empty()) flush();
    resolver_.forget();
    return outcomes;
}

}  // namespace vethwork::apply
