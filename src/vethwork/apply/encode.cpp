#include <vethwork/apply/encode.hpp>

namespace vethwork::apply {

Result<netlink::MessageWriter> encode_any(plan::Operation const& operation, Resolver& resolver) {
    return std::visit(
        [&resolver](auto const& one) -> Result<netlink::MessageWriter> {
            if constexpr (requires { encode(one, resolver); })
                return encode(one, resolver);
            else
                return usage_error(one.describe() + ": that is no request to the kernel");
        },
        operation);
}

Error attempted(Error error, plan::Operation const& operation) {
    if (error.attempt.empty() || error.attempt.starts_with(':'))
        error.attempt.insert(0, plan::describe(operation));
    return error;
}

}  // namespace vethwork::apply
