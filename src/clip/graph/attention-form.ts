/**
 * The operators of attention. `split`: MatMul, Softmax, MatMul, correct on every device seen so far. `fused`: one
 * MultiHeadAttention, with fewer memory passes on a GPU, but the operator that has shipped with wrong results there.
 * The split form takes texts of any length; a GPU would compile its shaders for each.
 */
export type AttentionForm = 'split' | 'fused';
