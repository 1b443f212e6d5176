"""Scores a partitioned set with an exported MLflow model as a Spark function, by several Python workers.

In: JSON on stdin, {"model": "...", "texts": [...], "n_rows": n, "n_workers": n}. Out: JSON: answers to the texts, and of
`n_rows` rows made of them how many got each label, by how many processes, in how many seconds.
"""

import contextlib
import json
import os
import sys
import time

work = json.load(sys.stdin)
os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable

with contextlib.redirect_stdout(sys.stderr):
    import mlflow
    import mlflow.pyfunc
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as F
    from pyspark.sql.types import IntegerType, StringType, StructField, StructType

    n_workers = work["n_workers"]
    spark = (
        SparkSession.builder.master(f"local[{n_workers}]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", str(n_workers))
        .config("spark.driver.memory", "2g")
        .getOrCreate()
    )
    score = mlflow.pyfunc.spark_udf(spark, work["model"], env_manager="local")
    schema = StructType([StructField("place", IntegerType()), StructField("text", StringType())])
    texts = spark.createDataFrame(list(enumerate(work["texts"])), schema).repartition(n_workers * 2)
    answers = texts.select("place", score(F.struct("text")).alias("answer")).orderBy("place").collect()
    answers = [row["answer"].asDict() for row in answers]

    @F.udf("int")
    def process(place):
        return os.getpid()

    n_processes = texts.select(process("place").alias("id")).distinct().count()
    counts, seconds = {}, None
    if work["n_rows"]:
        n_texts = len(work["texts"])
        rows = spark.range(work["n_rows"], numPartitions=n_workers * 4)
        many = rows.withColumn("place", (F.col("id") % n_texts).cast("int")).join(F.broadcast(texts), "place")
        began = time.monotonic()
        scored = many.select(score(F.struct("text")).alias("answer")).groupBy("answer.label").count().collect()
        seconds = time.monotonic() - began
        counts = {row["label"]: row["count"] for row in scored}
    version = spark.version
    spark.stop()
json.dump(
    {
        "version": version,
        "answers": answers,
        "n_processes": n_processes,
        "counts": counts,
        "seconds": seconds,
    },
    sys.stdout,
)
