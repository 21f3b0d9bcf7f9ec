"""OpenCLIP's model, with attention written for short sequences on a CPU, and pictures smaller than its own."""
import torch
import torch.nn.functional as F

from .openclip import CLIP, text_global_pool
from .sizes import MEAN, PATCH, SIZES, STD


def build(size):
    config = SIZES[size]
    model = CLIP(config['embed_dim'], config['vision_cfg'], config['text_cfg'])
    for block in (*model.visual.transformer.resblocks, *model.transformer.resblocks):
        block.attention = _attention_of(block.attn)
    return model


def _attention_of(attn):
    """Why attention is written out: torch's fused attention has a slow backward pass at short sequences on a CPU."""
    heads, width = attn.num_heads, attn.embed_dim

    def attention(q_x, k_x=None, v_x=None, attn_mask=None):
        batch, tokens, _ = q_x.shape
        rows = F.linear(q_x, attn.in_proj_weight, attn.in_proj_bias)
        q, k, v = rows.reshape(batch, tokens, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
        scores = (q * (width // heads) ** -0.5) @ k.transpose(-1, -2)
        if attn_mask is not None:
            scores = scores + attn_mask.to(scores.dtype)
        mixed = torch.softmax(scores, -1).to(v.dtype) @ v
        return attn.out_proj(mixed.transpose(1, 2).reshape(batch, tokens, width))

    return attention


class Towers(torch.nn.Module):
    """Both towers for training: any multiple of 16 pixels, and no more tokens than the longest text of a batch has."""

    def __init__(self, model):
        super().__init__()
        self.model = model
        self.register_buffer('mean', torch.tensor(MEAN)[:, None, None], persistent=False)
        self.register_buffer('std', torch.tensor(STD)[:, None, None], persistent=False)

    def forward(self, pictures, ids):
        """[n, 3, s, s] in 0..1 and [n, t] ids -> two [n, dim] of unit rows."""
        return F.normalize(self.image(pictures).float(), dim=-1), F.normalize(self.text(ids).float(), dim=-1)

    def image(self, pictures):
        visual = self.model.visual
        pixels = (pictures - self.mean) / self.std
        n, _, side, _ = pixels.shape
        grid = side // PATCH
        patches = pixels.reshape(n, 3, grid, PATCH, grid, PATCH).permute(0, 2, 4, 1, 3, 5).reshape(n, grid * grid, -1)
        x = F.linear(patches, visual.conv1.weight.flatten(1))
        token = visual.class_embedding.to(x.dtype).expand(n, 1, -1)
        x = torch.cat([token, x], 1) + self._positions(grid).to(x.dtype)
        x = visual.transformer(visual.ln_pre(x))
        return visual.ln_post(x[:, 0]) @ visual.proj

    def _positions(self, grid):
        own = self.model.visual.positional_embedding
        side = self.model.visual.grid_size[0]
        if grid == side:
            return own
        table = own[1:].T.reshape(1, -1, side, side)
        resized = F.interpolate(table, (grid, grid), mode='bilinear', align_corners=False, antialias=True)
        return torch.cat([own[:1], resized.reshape(-1, grid * grid).T])

    def text(self, ids):
        model, tokens = self.model, ids.shape[1]
        x = model.token_embedding(ids) + model.positional_embedding[:tokens]
        x = model.ln_final(model.transformer(x, attn_mask=model.attn_mask[:tokens, :tokens]))
        return text_global_pool(x, ids, model.text_pool_type) @ model.text_projection
