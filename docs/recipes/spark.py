"""Embeds a folder in N partitions on a Spark cluster whose machines have Node, this project and the pictures in the same
place: each task runs one partition, and fails if that does not end with 0. spark-submit docs/recipes/spark.py PICTURES MODEL OUT N"""
import sys

from pyspark.sql import SparkSession

pictures, model, out, n = sys.argv[1:]
context = SparkSession.builder.getOrCreate().sparkContext
command = f'xargs -I NUMBER npm run --silent embed -- {pictures} --model {model} --out {out} --partition NUMBER/{n}'
print('\n'.join(context.parallelize(range(int(n)), int(n)).pipe(command).collect()))
